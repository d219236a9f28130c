/** Tokens in the KV blocks of running sequences. */
export interface KvTokens {
  /** Tokens whose KV entries exist (or are being computed). */
  tokens: number;
  /** Tokens that the blocks have room for. */
  room: number;
}
