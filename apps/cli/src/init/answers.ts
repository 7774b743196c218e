import { readFileSync } from 'node:fs'
import { CliError } from '../errors/cli-error.js'
import { choiceFlag, textFlag } from '../options/flag-values.js'
import type { Settings } from '../options/settings.js'
import { prefixOf, type Side } from '../options/store-address.js'
import type { EndpointSetting } from '../options/variables.js'
import { printable } from '../text/printable.js'
import { presetOf } from '../providers/resolve-preset.js'
import { providers, type ProviderName } from '../providers/presets.js'

/** Settings of a store by their variables, without what they begin with. */
export type StoreAnswers = Partial<Record<EndpointSetting, string>>

/** Asks a person. */
export interface Asker {
  text(question: string, options?: { initial?: string | undefined; optional?: boolean }): Promise<string>
  secret(question: string): Promise<string>
  choose<T extends string>(
    question: string,
    choices: readonly { value: T; label: string }[],
    initial: T,
  ): Promise<T>
  confirm(question: string): Promise<boolean>
}

const asked = ['BUCKET', 'ENDPOINT_URL', 'REGION', 'ACCOUNT_ID', 'AWS_PROFILE', 'ACCESS_KEY_ID'] as const

/**
 * What is said of a store by flags, by the arguments, and by variables that are set already; and what a person says of the rest.
 * @param asker undefined without a terminal
 * @throws CliError LAGOON_CLI_MISSING_SETTING, LAGOON_CLI_FILE
 */
export async function answersFor(
  side: Side,
  settings: Settings,
  asker: Asker | undefined,
): Promise<StoreAnswers> {
  const given = givenFor(side, settings)
  const answers = asker === undefined ? given : await askFor(side, given, asker)
  if (answers.BUCKET !== undefined) return answers
  throw new CliError(
    'LAGOON_CLI_MISSING_SETTING',
    `the bucket of the ${side} is not given, and there is no terminal to ask for it`,
    `Give --${side}-bucket; lagoon init --help lists a flag for every answer.`,
  )
}

function givenFor(side: Side, settings: Settings): StoreAnswers {
  const answers: StoreAnswers = {}
  // What the file says that may be replaced is no answer.
  const set = (name: EndpointSetting): string | undefined => {
    const setting = settings.variable(`${prefixOf[side]}${name}`)
    return setting?.from === 'flag' || setting?.from === 'environment' ? setting.value.trim() : undefined
  }
  const provider = choiceFlag(settings, `${side}-provider`) ?? set('PROVIDER')
  if (provider !== undefined && provider !== 'other') answers.PROVIDER = provider
  for (const name of asked) {
    const flag = `${side}-${name.toLowerCase().replaceAll('_', '-')}` as `source-bucket`
    const value = textFlag(settings, flag) ?? set(name)
    if (value !== undefined) answers[name] = value
  }
  const file = textFlag(settings, `${side}-secret-file`)
  const secret = file === undefined ? set('SECRET_ACCESS_KEY') : readSecret(file)
  if (secret !== undefined) answers.SECRET_ACCESS_KEY = secret.trim()
  return answers
}

function readSecret(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    const message = `the file ${printable(path)} with the secret cannot be read (${code})`
    throw new CliError(
      'LAGOON_CLI_FILE',
      message,
      'Name a file that holds the secret access key and nothing else.',
      {
        cause,
      },
    )
  }
}

async function askFor(side: Side, given: StoreAnswers, asker: Asker): Promise<StoreAnswers> {
  const answers: StoreAnswers = { ...given }
  const names = Object.keys(providers) as ProviderName[]
  if (answers.PROVIDER === undefined && answers.ENDPOINT_URL === undefined) {
    const choices = [
      ...names.map((value) => ({ value, label: providers[value].title })),
      { value: 'other' as const, label: 'Another S3-compatible store' },
    ]
    const chosen = await asker.choose(`Where is the ${side}?`, choices, 'aws')
    if (chosen === 'other') answers.ENDPOINT_URL = await asker.text(`Endpoint URL of the ${side}`)
    else answers.PROVIDER = chosen
  }
  const preset = () =>
    presetOf(answers.PROVIDER as ProviderName, { region: answers.REGION, accountId: answers.ACCOUNT_ID })
  while (
    answers.PROVIDER !== undefined &&
    answers.ENDPOINT_URL === undefined &&
    preset().lacks !== undefined
  ) {
    const lacking = ({ region: 'REGION', accountId: 'ACCOUNT_ID', endpointUrl: 'ENDPOINT_URL' } as const)[
      preset().lacks!
    ]
    answers[lacking] = await asker.text(`${questions[lacking]} of the ${side}`)
  }
  if (answers.PROVIDER === 'aws' && answers.REGION === undefined)
    answers.REGION = await asker.text(`Region of the ${side}`, { initial: 'us-east-1' })
  answers.BUCKET ??= await asker.text(`Bucket of the ${side}`)
  if (answers.ACCESS_KEY_ID === undefined && answers.AWS_PROFILE === undefined)
    await askForCredentials(side, answers, asker)
  if (answers.ACCESS_KEY_ID !== undefined)
    answers.SECRET_ACCESS_KEY ??= await asker.secret(`Secret access key of the ${side}`)
  return answers
}

const questions = { REGION: 'Region', ACCOUNT_ID: 'Account id', ENDPOINT_URL: 'Endpoint URL' } as const

async function askForCredentials(side: Side, answers: StoreAnswers, asker: Asker): Promise<void> {
  const kinds = [
    { value: 'keys', label: 'An access key' },
    { value: 'profile', label: 'A profile of the shared AWS files' },
    { value: 'chain', label: "AWS's default credential chain (environment, SSO, instance, container)" },
  ] as const
  const kind = await asker.choose(`Credentials of the ${side}`, kinds, 'keys')
  if (kind === 'keys') answers.ACCESS_KEY_ID = await asker.text(`Access key id of the ${side}`)
  else if (kind === 'profile')
    answers.AWS_PROFILE = await asker.text(`Profile of the ${side}`, { initial: 'default' })
}
