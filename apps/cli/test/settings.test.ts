import { expect, test } from 'vitest'
import { flagNames, settingNames, variableOf } from '../src/options/flags.js'
import { createSettings, unknownVariables } from '../src/options/settings.js'
import { endpointVariables } from '../src/options/variables.js'
import { failureOf } from './support/failure-of.js'

test.each(settingNames.map((name) => [name, variableOf(name)] as const))(
  '--%s beats %s, which beats its line in .env',
  (name, variable) => {
    const flags = { [name]: 'flag' }
    const environment = { [variable]: 'environment' }
    const dotEnv = { [variable]: 'dotEnv' }
    const origin = (sources: Partial<Parameters<typeof createSettings>[0]>) =>
      createSettings({ flags: {}, environment: {}, dotEnv: {}, ...sources }).flag(name)
    expect(origin({ flags, environment, dotEnv })).toEqual({
      value: 'flag',
      origin: `--${name}`,
      from: 'flag',
    })
    expect(origin({ environment, dotEnv })).toEqual({
      value: 'environment',
      origin: variable,
      from: 'environment',
    })
    expect(origin({ dotEnv })).toEqual({ value: 'dotEnv', origin: `${variable} in .env`, from: 'dotEnv' })
    expect(origin({})).toBeUndefined()
  },
)

test.each(endpointVariables.map((name) => [name]))('%s in the environment beats its line in .env', (name) => {
  const both = createSettings({ flags: {}, environment: { [name]: 'e' }, dotEnv: { [name]: 'd' } })
  expect(both.variable(name)?.value).toBe('e')
  const one = createSettings({ flags: {}, environment: {}, dotEnv: { [name]: 'd' } })
  expect(one.variable(name)).toEqual({ value: 'd', origin: `${name} in .env`, from: 'dotEnv' })
})

const allVariables = [...settingNames.map(variableOf), ...endpointVariables]

test.each(allVariables.filter((name) => !name.endsWith('SESSION_TOKEN')).map((name) => [name]))(
  '%s set to nothing is refused by name instead of being treated as unset',
  (name) => {
    const settings = createSettings({ flags: {}, environment: { [name]: '  ' }, dotEnv: { [name]: 'd' } })
    expect(failureOf(() => settings.variable(name))).toMatchObject({
      code: 'LAGOON_CLI_EMPTY_VARIABLE',
      message: `${name} is set, but empty`,
      exitCode: 2,
    })
    const file = createSettings({ flags: {}, environment: {}, dotEnv: { [name]: '' } })
    expect(failureOf(() => file.variable(name)).message).toBe(`${name} in .env is set, but empty`)
  },
)

test('an empty session token means that there is none', () => {
  const environment = { LAGOON_SOURCE_SESSION_TOKEN: '' }
  const settings = createSettings({ flags: {}, environment, dotEnv: {} })
  expect(settings.variable('LAGOON_SOURCE_SESSION_TOKEN')).toBeUndefined()
})

test("a misspelt variable is named with the intended one, and a wrapper's variable is ignored", () => {
  const lines = unknownVariables({
    environment: {
      LAGOON_MAX_CONCURENCY: '5',
      LAGOON_REQUIRE_MINIO: '1',
      LAGOON_REGION_OF_INTEREST: 'x',
      PATH: '/bin',
    },
    dotEnv: { lagoon_source_bucket: 'x' },
  })
  expect(lines).toEqual([
    'LAGOON_MAX_CONCURENCY is ignored: no such variable. Did you mean LAGOON_MAX_CONCURRENCY?',
    'lagoon_source_bucket is ignored: no such variable. Did you mean LAGOON_SOURCE_BUCKET?',
  ])
})

test('an unknown variable of a side is pointed out, whether or not it resembles a known one', () => {
  const environment = { LAGOON_SOURCE_ZEBRA: 'x', LAGOON_DESTINATION_FOO_BAR_BAZ: 'y' }
  expect(unknownVariables({ environment, dotEnv: {} })).toEqual([
    'LAGOON_SOURCE_ZEBRA is ignored: no such variable. .env.example lists all.',
    'LAGOON_DESTINATION_FOO_BAR_BAZ is ignored: no such variable. .env.example lists all.',
  ])
})

test('service variables of Kubernetes are not settings, and are not pointed out', () => {
  const environment = {
    LAGOON_METRICS_PORT: 'tcp://10.96.0.7:9400',
    LAGOON_METRICS_SERVICE_HOST: '10.96.0.7',
    LAGOON_METRICS_SERVICE_PORT: '9400',
    LAGOON_METRICS_SERVICE_PORT_HTTP: '9400',
    LAGOON_METRICS_PORT_9400_TCP: 'tcp://10.96.0.7:9400',
    LAGOON_METRICS_PORT_9400_TCP_PROTO: 'tcp',
    LAGOON_METRICS_PORT_9400_TCP_ADDR: '10.96.0.7',
    LAGOON_SOURCE_PORT: 'tcp://[fd00::7]:9000',
  }
  expect(createSettings({ flags: {}, environment, dotEnv: {} }).flag('metrics-port')).toBeUndefined()
  const beside = { LAGOON_METRICS_PORT: '9400' }
  expect(createSettings({ flags: {}, environment, dotEnv: beside }).flag('metrics-port')?.value).toBe('9400')
  expect(unknownVariables({ environment, dotEnv: {} })).toEqual([])
})

test('a flag that only asks for output has no variable', () => {
  const asking = flagNames.filter((name) => !settingNames.includes(name))
  expect(asking).toContain('limit')
  for (const name of asking) {
    const environment = { [variableOf(name)]: '5' }
    expect(createSettings({ flags: {}, environment, dotEnv: {} }).flag(name)).toBeUndefined()
  }
})
