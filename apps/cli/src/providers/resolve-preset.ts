import type { EndpointOptions } from '@lagoon/sync'
import { providers, type ProviderName } from './presets.js'
import type { Provider } from './provider.js'

/** The values that a provider's preset needs. */
interface PresetInput {
  readonly region: string | undefined
  readonly accountId: string | undefined
}

/** A completed preset. `lacks`: what the user has to set before it can be used. */
export interface ProviderPreset {
  readonly endpointUrl: string | undefined
  readonly region: string | undefined
  readonly forcePathStyle: boolean | undefined
  /** Additional options of the copier. */
  readonly store: Pick<EndpointOptions, 'limits' | 'conditionalWrites'>
  readonly lacks: 'region' | 'accountId' | 'endpointUrl' | undefined
}

/** Fills the preset of a provider; pure. What is lacking counts only where no endpoint is given. */
export function presetOf(name: ProviderName, { region, accountId }: PresetInput): ProviderPreset {
  const provider: Provider = providers[name]
  const { value: pattern } = provider.endpointUrl
  const lacks =
    pattern === 'own'
      ? 'endpointUrl'
      : pattern.includes('{accountId}') && accountId === undefined
        ? 'accountId'
        : pattern.includes('{region}') && region === undefined
          ? 'region'
          : undefined
  const fixed = pattern === 'aws' || lacks !== undefined
  return {
    endpointUrl: fixed
      ? undefined
      : pattern.replace('{region}', region ?? '').replace('{accountId}', accountId ?? ''),
    region: provider.region?.value,
    forcePathStyle: provider.forcePathStyle?.value,
    store: {
      ...(provider.limits === undefined ? {} : { limits: provider.limits.value }),
      ...(provider.conditionalWrites?.value === false ? { conditionalWrites: false } : {}),
    },
    lacks,
  }
}
