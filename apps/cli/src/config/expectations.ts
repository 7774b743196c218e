import { nearestSize } from '../text/byte-size.js'
import type { Flag } from '../options/flags/flag.js'
import { nearest } from '../text/nearest.js'
import { allowedNumbers, allowedSizes, nearestBoolean, nearestNumber } from '../options/parse-value.js'
import { isStoreSetting, storeSettings } from '../options/store-settings.js'
import { providerNames } from '../providers/presets.js'
import { storeKeys } from './file-keys.js'

/** What may stand where something else stands. */
export interface Expectation {
  readonly allowed: string
  readonly meant?: string | undefined
  /** Shown instead of the given value, which may be a secret. */
  readonly instead?: string
}

/** Of a setting of a store. */
export function storeExpectation(key: string, value: unknown): Expectation {
  const found = storeKeys.find((candidate) => candidate.key === key)
  if (found?.reference)
    return {
      allowed: 'letters in capitals, digits and underscores',
      instead: 'is not the name of a variable',
    }
  if (found?.setting === 'PROXY' && String(value).includes('@'))
    return {
      allowed: 'a URL without them, or proxyEnv with the name of the variable that holds it',
      instead: 'contains a user or a password',
    }
  if (found?.setting === 'PROVIDER')
    return { allowed: providerNames.join(', '), meant: nearest(String(value), providerNames) }
  if (found !== undefined && isStoreSetting(found.setting))
    return flagExpectation(storeSettings[found.setting], value)
  return found?.setting === 'FORCE_PATH_STYLE' ? booleanExpectation(value) : { allowed: 'text' }
}

/** Of a setting that a flag stands for too. */
export function flagExpectation(flag: Flag, value: unknown): Expectation {
  switch (flag.kind) {
    case 'boolean':
      return booleanExpectation(value)
    case 'choice':
      return { allowed: flag.choices.join(', '), meant: nearest(String(value), flag.choices) }
    case 'integer':
    case 'number':
      return { allowed: allowedNumbers(flag), meant: nearestNumber(String(value), flag) }
    case 'size':
      return { allowed: allowedSizes(flag), meant: nearestSize(String(value), flag) }
    case 'text':
      return {
        allowed: 'text that is not empty',
        meant: typeof value === 'number' ? `"${value}"` : undefined,
      }
  }
}

function booleanExpectation(value: unknown): Expectation {
  return { allowed: 'true or false', meant: nearestBoolean(String(value)) }
}
