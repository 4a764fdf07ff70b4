/** Which values never appear in any output: not in problems, not in `sluice check`, not in a log line. */
const SECRET_KEY = /pass|pas+w|pwd|secr|tok|cred|jaas|private|\.pem$|oauthbearer\.config/i

/** A misspelt key may hide a secret ("pasword"), so of unknown keys everything near to security is masked. */
const PERHAPS_SECRET_KEY = /pas|sec|tok|cred|pem|sasl|ssl|tls|auth|key|pwd/i

export const MASK = '********'

export function isSecretKey(key: string): boolean {
  return SECRET_KEY.test(key)
}

export function displayValue(key: string, value: string): string {
  return isSecretKey(key) && value !== '' ? MASK : value
}

export function displayUnknownValue(key: string, value: string): string {
  return PERHAPS_SECRET_KEY.test(key) ? MASK : value
}
