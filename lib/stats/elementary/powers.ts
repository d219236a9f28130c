/** 2^k for k of -1022 to 1023 at k + 1022, made by doubling: exact. */
export const POWERS = new Float64Array(2046);
POWERS[1022] = 1;
for (let k = 1023; k < POWERS.length; k++) POWERS[k] = POWERS[k - 1] * 2;
for (let k = 1021; k >= 0; k--) POWERS[k] = POWERS[k + 1] / 2;
