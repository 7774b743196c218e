import type { Flag } from '../flag.js'

const price = { kind: 'number', minimum: 0, maximum: 1000, commandLineOnly: true } as const

/** What `plan` reckons with. */
export const estimateFlags = {
  'price-get-1000': { ...price, describe: 'What 1,000 GET requests at the source cost' },
  'price-put-1000': { ...price, describe: 'What 1,000 PUT requests at the destination cost' },
  'price-egress-gb': { ...price, describe: 'What each GB that leaves the source costs' },
} as const satisfies Record<string, Flag>
