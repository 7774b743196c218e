import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { operatorPermissions, workerPermissions } from '../../packages/jobs/src/nats/names.js'
import { expect, test } from 'vitest'
import { parseArguments } from '../../apps/cli/src/command-line/parse-arguments.js'
import { createSettings } from '../../apps/cli/src/options/settings.js'
import { variableNames } from '../../apps/cli/src/options/variables.js'
import { requireQueue } from '../../apps/cli/src/queue/queue-settings.js'

const root = fileURLToPath(new URL('../..', import.meta.url))
const read = (file: string) => readFileSync(`${root}deploy/${file}`, 'utf8')
const { parse } = createRequire(`${root}apps/cli/package.json`)(
  'yaml',
) as typeof import('../../apps/cli/node_modules/yaml/dist/index.js')

interface Pod {
  terminationGracePeriodSeconds: number
  restartPolicy: string
  containers: {
    args: string[]
    env: { name: string; value?: string; valueFrom?: { secretKeyRef: { name: string; key: string } } }[]
    securityContext: Record<string, unknown>
    volumeMounts: { name: string; mountPath: string }[]
  }[]
  volumes: { name: string; emptyDir?: object }[]
}
interface JobSpec {
  parallelism?: number
  completions?: number
  backoffLimit: number
  podFailurePolicy: object
  template: { spec: Pod }
}

const job = parse(read('kubernetes/workers.yaml')) as { spec: JobSpec }
const scaled = parse(read('kubernetes/keda.yaml')) as {
  spec: {
    maxReplicaCount: number
    triggers: { type: string; metadata: Record<string, string> }[]
    jobTargetRef: JobSpec
  }
}
const values = parse(read('kubernetes/nats-values.yaml')) as {
  config: {
    cluster: { enabled: boolean; replicas: number }
    jetstream: { enabled: boolean; merge: object }
    merge: {
      accounts: Record<string, { users: { user: string; password: string; permissions: object }[] }>
    }
  }
  container: { env: Record<string, { valueFrom: { secretKeyRef: { name: string; key: string } } }> }
}
const compose = parse(read('compose.yaml')) as {
  configs: { nats: { content: string } }
  services: Record<'nats' | 'worker', { command: string[]; stop_grace_period?: string; read_only?: boolean }>
}

/** What the program makes of arguments and variables, none of which it may not know. */
function queueOf(args: readonly string[], environment: Record<string, string> = {}) {
  const { command, flags } = parseArguments(args)
  for (const name of Object.keys(environment)) expect(variableNames).toContain(name)
  return { command, queue: requireQueue(createSettings({ flags, environment, dotEnv: {} })) }
}

test('a Job of workers is a work queue: parallel pods, no completions, and only errors that need a person end it', () => {
  const { parallelism, completions, backoffLimit, podFailurePolicy, template } = job.spec
  expect({ parallelism, completions }).toEqual({ parallelism: 20, completions: undefined })
  expect(backoffLimit).toBeGreaterThan(parallelism!)
  expect(template.spec.restartPolicy).toBe('Never')
  for (const policy of [podFailurePolicy, scaled.spec.jobTargetRef.podFailurePolicy]) {
    expect(policy).toEqual({
      rules: [
        { action: 'FailJob', onExitCodes: { containerName: 'lagoon', operator: 'In', values: [2, 3] } },
        { action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget' }] },
      ],
    })
  }
})

test.each([
  ['workers.yaml', job.spec, 'sync', 'operator'],
  ['keda.yaml', scaled.spec.jobTargetRef, 'worker', 'worker'],
])('pods of %s join the job as a user in the NATS values', (_file, spec, command, user) => {
  const pod = spec.template.spec
  const [container] = pod.containers
  const environment = Object.fromEntries(container!.env.map(({ name, value }) => [name, value ?? 'secret']))
  expect(environment.LAGOON_QUEUE_USER).toBe(user)
  expect(queueOf(container!.args, environment)).toMatchObject({
    command,
    queue: { job: 'lake', nats: { servers: ['nats://nats:4222'], user, password: 'secret' } },
  })
  const { secretKeyRef } = container!.env.find(({ name }) => name === 'LAGOON_QUEUE_PASSWORD')!.valueFrom!
  expect(secretKeyRef).toEqual({ name: 'lagoon-queue', key: user })
  expect(Object.values(values.container.env)).toContainEqual({ valueFrom: { secretKeyRef } })
  // No state: the queue has it.
  expect(pod.volumes).toEqual([{ name: 'tmp', emptyDir: {} }])
  expect(pod.terminationGracePeriodSeconds).toBe(300)
  expect(container!.securityContext).toEqual({
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ['ALL'] },
  })
})

test('KEDA scales by the consumer of the job, and its workers exit without work', () => {
  const [trigger] = scaled.spec.triggers
  expect(trigger).toMatchObject({
    type: 'nats-jetstream',
    metadata: {
      stream: 'LAGOON_lake',
      consumer: 'workers',
      account: Object.keys(values.config.merge.accounts)[0],
    },
  })
  const [container] = scaled.spec.jobTargetRef.template.spec.containers
  expect(queueOf(container!.args).queue).toMatchObject({ idleExitMs: 120_000 })
})

test('three NATS servers sync each record, and their users have the minimal permissions', () => {
  const { cluster, jetstream, merge } = values.config
  expect(cluster).toEqual({ enabled: true, replicas: 3 })
  expect(jetstream).toMatchObject({ enabled: true, merge: { sync_interval: 'always' } })
  const users = merge.accounts.LAGOON!.users
  expect(users.map(({ user, permissions }) => ({ user, permissions }))).toEqual([
    { user: 'worker', permissions: workerPermissions('lake') },
    { user: 'operator', permissions: operatorPermissions('lake') },
  ])
  // Passwords come from a secret, by variables that the container has.
  for (const { password } of users) {
    const [, variable] = /^<< \$(\w+) >>$/.exec(password)!
    expect(Object.keys(values.container.env)).toContain(variable)
  }
})

test('Compose starts a NATS server that syncs each record, and workers with flags that exist', () => {
  expect(compose.configs.nats.content).toContain('sync_interval: always')
  const { command, stop_grace_period, read_only } = compose.services.worker
  expect(queueOf(command)).toMatchObject({
    command: 'sync',
    queue: { nats: { servers: ['nats://nats:4222'] } },
  })
  expect({ stop_grace_period, read_only }).toEqual({ stop_grace_period: '5m', read_only: true })
})

test('a Slurm array of workers joins the queue on the node that it was submitted from, and has time to stop', () => {
  const script = read('slurm/workers.sbatch')
  const [, args] = /^exec lagoon (.*)$/m.exec(script)!
  const words = args!
    .replace('${LAGOON_HEAD_NODE:-$SLURM_SUBMIT_HOST}', 'head')
    .replaceAll('"', '')
    .split(' ')
  expect(queueOf(words)).toMatchObject({
    command: 'sync',
    queue: { nats: { servers: ['nats://head:4222'] } },
  })
  expect(script).toMatch(/^#SBATCH --array=0-\d+$/m)
  expect(script).toMatch(/^#SBATCH --signal=B:TERM@\d+$/m)
})
