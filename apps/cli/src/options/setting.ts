/**
 * A value, and where it was given: `--max-attempts`, `LAGOON_MAX_ATTEMPTS`, `LAGOON_MAX_ATTEMPTS in .env`,
 * `lagoon.config.yaml:12: profiles.prod.maxAttempts`.
 */
export interface Setting {
  readonly value: string
  readonly origin: string
  readonly from: 'flag' | 'environment' | 'dotEnv' | 'profile' | 'file'
}
