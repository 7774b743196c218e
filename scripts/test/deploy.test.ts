import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { parseArguments } from '../../apps/cli/src/command-line/parse-arguments.js'
import { createSettings } from '../../apps/cli/src/options/settings.js'
import { resolveShard } from '../../apps/cli/src/options/shard.js'
import { shardsVariable, variableNames } from '../../apps/cli/src/options/variables.js'

const root = fileURLToPath(new URL('../..', import.meta.url))
const read = (file: string) => readFileSync(`${root}deploy/${file}`, 'utf8')
const { parseAllDocuments } = createRequire(`${root}apps/cli/package.json`)(
  'yaml',
) as typeof import('../../apps/cli/node_modules/yaml/dist/index.js')

interface Pod {
  terminationGracePeriodSeconds: number
  securityContext: Record<string, unknown>
  containers: {
    args: string[]
    env: { name: string; value?: string }[]
    securityContext: Record<string, unknown>
    volumeMounts: { name: string; mountPath: string }[]
  }[]
  volumes: { name: string; persistentVolumeClaim?: { claimName: string } }[]
}
interface Manifest {
  kind: string
  metadata: { name: string }
  spec: {
    concurrencyPolicy?: string
    podFailurePolicy?: object
    template?: { spec: Pod }
    jobTemplate?: { spec: { podFailurePolicy?: object; template: { spec: Pod } } }
  }
}

const manifests = ['job.yaml', 'cronjob.yaml'].flatMap((file) =>
  parseAllDocuments(read(`kubernetes/${file}`)).map((document) => document.toJS() as Manifest),
)
const jobs = manifests.flatMap(({ spec }) => spec.jobTemplate?.spec ?? (spec.template ? [spec] : []))
const pods = jobs.map(({ template }) => template!.spec)
const unit = read('systemd/lagoon-sync.service')
const setting = (name: string) => new RegExp(`^${name}=(.*)$`, 'm').exec(unit)?.[1]

test('a Job and a CronJob run the program with flags and variables that exist', () => {
  expect(manifests.map(({ kind }) => kind)).toEqual(['PersistentVolumeClaim', 'Job', 'CronJob'])
  for (const { containers } of pods) {
    expect(() => parseArguments(containers[0]!.args)).not.toThrow()
    for (const { name } of containers[0]!.env) expect([...variableNames, shardsVariable]).toContain(name)
  }
})

test('each has the claim for its state, no privileges, and a root file system that cannot be written', () => {
  const claim = manifests[0]!.metadata.name
  for (const { containers, volumes, securityContext } of pods) {
    const [container] = containers
    const state = volumes.find(({ persistentVolumeClaim }) => persistentVolumeClaim?.claimName === claim)!
    expect(container!.volumeMounts).toContainEqual({ name: state.name, mountPath: '/data' })
    expect(securityContext).toMatchObject({ runAsNonRoot: true })
    expect(container!.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    })
  }
})

test('errors that need a person are not retried, all others are, and one writer holds the state', () => {
  for (const { podFailurePolicy } of jobs) {
    expect(podFailurePolicy).toEqual({
      rules: [
        { action: 'FailJob', onExitCodes: { containerName: 'lagoon', operator: 'In', values: [2, 3] } },
      ],
    })
  }
  expect(manifests.at(-1)!.spec.concurrencyPolicy).toBe('Forbid')
  expect(setting('RestartPreventExitStatus')).toBe('2 3')
  expect(setting('SuccessExitStatus')).toBe('130 143')
})

test('an Indexed Job copies as many shards as it has completions', () => {
  const [indexed] = parseAllDocuments(read('kubernetes/indexed-job.yaml')).map(
    (document) => document.toJS() as { spec: Record<string, unknown> & { template: { spec: Pod } } },
  )
  const { completions, completionMode, podFailurePolicy, template } = indexed!.spec
  expect(completionMode).toBe('Indexed')
  expect(podFailurePolicy).toMatchObject({
    rules: [{ action: 'FailIndex', onExitCodes: { operator: 'In', values: [2, 3] } }, { action: 'Ignore' }],
  })
  const [container] = template.spec.containers
  const { flags } = parseArguments(container!.args)
  const environment = Object.fromEntries(
    container!.env.map(({ name, value }) => [name, value] as [string, string]),
  )
  const settings = createSettings({
    flags,
    environment: { ...environment, JOB_COMPLETION_INDEX: '15' },
    dotEnv: {},
  })
  expect(resolveShard(settings)).toEqual({ index: 15, count: completions, by: 'key' })
  expect(template.spec.terminationGracePeriodSeconds).toBe(300)
})

test('a Slurm array copies shards with flags that exist, and has time to stop', () => {
  const script = read('slurm/shards.sbatch')
  const [, args] = /^exec lagoon (.*)$/m.exec(script)!
  const words = args!.split(' ').map((word) => word.replaceAll('"', ''))
  expect(() => parseArguments(words)).not.toThrow()
  expect(words).toContain('--shard')
  expect(script).toMatch(/^#SBATCH --array=0-\d+$/m)
  expect(script).toMatch(/^#SBATCH --signal=B:TERM@\d+$/m)
})

test('each stops with SIGTERM and the same grace period, as documented', () => {
  for (const { terminationGracePeriodSeconds } of pods) expect(terminationGracePeriodSeconds).toBe(300)
  expect(setting('TimeoutStopSec')).toBe('300')
  expect(setting('KillSignal')).toBe('SIGTERM')
  expect(read('Dockerfile')).toMatch(/^STOPSIGNAL SIGTERM$/m)
  expect(readFileSync(`${root}docs/operations.md`, 'utf8')).toContain('allow five minutes')
})

test('the systemd unit starts the program, reloads with SIGHUP, and is hardened', () => {
  const [, script, ...args] = setting('ExecStart')!.split(' ')
  expect(script).toMatch(/\/bin\/lagoon\.js$/)
  expect(existsSync(`${root}apps/cli/bin/lagoon.js`)).toBe(true)
  expect(() => parseArguments(args)).not.toThrow()
  expect(setting('ExecReload')).toBe('/bin/kill -HUP $MAINPID')
  for (const name of ['DynamicUser', 'NoNewPrivileges', 'PrivateTmp', 'PrivateDevices', 'ProtectHome']) {
    expect([name, setting(name)]).toEqual([name, 'yes'])
  }
  expect(setting('ProtectSystem')).toBe('strict')
  expect(setting('CapabilityBoundingSet')).toBe('')
  // The control socket, and the stores.
  expect(setting('RestrictAddressFamilies')).toBe('AF_INET AF_INET6 AF_UNIX')
})

test('the image is built separately from its runtime, and runs without privileges', () => {
  const dockerfile = read('Dockerfile')
  expect(dockerfile.match(/^FROM /gm)).toHaveLength(2)
  const last = dockerfile.slice(dockerfile.lastIndexOf('\nFROM '))
  expect(last).toMatch(/^USER node$/m)
  expect(last).toContain('ENTRYPOINT ["node", "/app/bin/lagoon.js"]')
  expect(/LAGOON_\w+/g.exec(last)?.filter((name) => !variableNames.includes(name))).toEqual([])
})
