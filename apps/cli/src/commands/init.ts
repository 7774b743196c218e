import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { CliError } from '../errors/cli-error.js'
import { exitCodes } from '../errors/exit-codes.js'
import { answersFor, type Asker } from '../init/answers.js'
import { variablesOf, writeSettings, type BothStores } from '../init/settings-file.js'
import { resolveEndpoints } from '../options/endpoint.js'
import { booleanFlag, choiceFlag, textFlag } from '../options/flag-values.js'
import { createSettings, type Settings } from '../options/settings.js'
import { toolName } from '../output/command-line.js'
import { printable } from '../text/printable.js'
import type { Style } from '../text/style.js'
import type { CommandContext, CommandOutcome } from '../output/command.js'

/** Asks for two stores, tries them, and writes them down for every other command. What a flag says is not asked. */
export async function run(context: CommandContext): Promise<CommandOutcome> {
  const { settings, environment } = context
  const asker = await askerFor(settings)
  const format = choiceFlag(settings, 'format') ?? 'env'
  const file = textFlag(settings, 'file') ?? (format === 'env' ? '.env' : 'lagoon.config.yaml')
  await mayWrite(file, settings, asker)
  const stores: BothStores = {
    source: await answersFor('source', settings, asker),
    destination: await answersFor('destination', settings, asker),
  }
  const variables = { ...others(environment), ...variablesOf(stores) }
  const settingsWith: SettingsWith = (flags) => createSettings({ flags, environment: variables, dotEnv: {} })
  const found = settingsWith({})
  resolveEndpoints(found)
  const checked = booleanFlag(settings, 'skip-checks')
    ? undefined
    : await check({ ...context, settings: found })
  if (
    checked !== undefined &&
    checked.exitCode !== exitCodes.ok &&
    (await asker?.confirm('Some checks failed. Write the file all the same?')) !== true
  ) {
    return {
      ...checked,
      render: (style) =>
        `${checked.render(style)}\nNothing was written: fix what failed, or add --skip-checks.\n`,
    }
  }
  writeSettings(resolve(file), format, stores)
  const wantsManifests =
    booleanFlag(settings, 'create-manifests') ||
    (await asker?.confirm('List the source into manifests now? Not needed to copy whole buckets.')) === true
  const created = wantsManifests ? await createManifests(context, settingsWith) : undefined
  const data = { type: 'init', file, format, checks: checked?.data ?? null, manifests: created?.data ?? null }
  const tool = toolName(environment)
  return {
    exitCode: created?.exitCode ?? exitCodes.ok,
    data,
    render: (style) =>
      [checked?.render(style), created?.render(style), next(file, format, stores, tool, style)]
        .filter(Boolean)
        .join('\n'),
  }
}

/** Undefined without a terminal, and where a machine reads the answer. */
async function askerFor(settings: Settings): Promise<Asker | undefined> {
  if (!process.stdin.isTTY || !process.stdout.isTTY || booleanFlag(settings, 'json')) return undefined
  const { terminalAsker } = await import('../init/ask-in-terminal.js')
  return terminalAsker
}

/** @throws CliError LAGOON_CLI_FILE if the file exists and may not be replaced */
async function mayWrite(file: string, settings: Settings, asker: Asker | undefined): Promise<void> {
  if (!existsSync(resolve(file)) || booleanFlag(settings, 'replace')) return
  const shown = printable(file)
  if ((await asker?.confirm(`${shown} exists. Replace the stores in it?`)) === true) return
  throw new CliError(
    'LAGOON_CLI_FILE',
    `${shown} exists; nothing was written`,
    'Add --replace, or use another file with --file.',
  )
}

/** What is set of the stores already was asked for as an answer. */
function others(environment: CommandContext['environment']): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries(environment).filter(([name]) => !/^LAGOON_(?:SOURCE|DESTINATION)_/.test(name)),
  )
}

async function check(context: CommandContext): Promise<CommandOutcome> {
  const doctor = await import('./doctor.js')
  return doctor.run(context)
}

type SettingsWith = (flags: Readonly<Record<string, string | boolean>>) => Settings

/** The files are needed in the bucket only. */
async function createManifests(context: CommandContext, settingsWith: SettingsWith): Promise<CommandOutcome> {
  const create = await import('./manifest-create.js')
  const output = await mkdtemp(join(tmpdir(), 'lagoon-init-'))
  try {
    return await create.run({ ...context, settings: settingsWith({ upload: true, output }), positionals: [] })
  } finally {
    await rm(output, { recursive: true, force: true })
  }
}

function next(file: string, format: string, stores: BothStores, tool: string, style: Style): string {
  const [from, to] = [stores.source.BUCKET!, stores.destination.BUCKET!]
  const secrets =
    format === 'yaml' &&
    (stores.source.SECRET_ACCESS_KEY ?? stores.destination.SECRET_ACCESS_KEY) !== undefined
  return [
    `Wrote ${printable(file)}.`,
    ...(secrets
      ? ['Set the secrets in the environment or in .env: a configuration file only names the variables.']
      : []),
    '',
    style.bold('Next steps'),
    printable(`  ${tool} plan s3://${from} s3://${to}    estimate the copy of the whole bucket`),
    printable(`  ${tool} s3://${from} s3://${to}         copy it; the same command resumes`),
    printable(`  ${tool}    copy what manifests under manifest/ name`),
    '',
  ].join('\n')
}
