/**
 * One-step forecast of an autoregression of order 1 with a mean, fitted by least squares:
 * y' = m + r (y - m), r in [-1, 1]. The mean for fewer than three values or constant ones.
 *
 * @source G. Box and G. Jenkins, "Time Series Analysis", 1970: ARIMA(1, 0, 0)
 */
export function forecastNext(values: readonly number[]): number {
  const { length } = values;
  if (length === 0) return NaN;
  const mean = values.reduce((sum, value) => sum + value, 0) / length;
  if (length < 3) return mean;
  let covariance = 0, variance = 0;
  for (let i = 1; i < length; i++) {
    covariance += (values[i] - mean) * (values[i - 1] - mean);
    variance += (values[i - 1] - mean) ** 2;
  }
  if (variance === 0) return mean;
  const slope = Math.max(-1, Math.min(1, covariance / variance));
  return mean + slope * (values[length - 1] - mean);
}
