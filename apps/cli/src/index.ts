import type { CommandOutcome } from './output/command.js'
import { exitCodes, type ExitCode } from './errors/exit-codes.js'
import { createOutput, type Output } from './output/output.js'
import { reportFailure } from './program/report-failure.js'
import type { RunningCommand } from './program/run-command.js'

export { exitCodes, type ExitCode } from './errors/exit-codes.js'
export { CliError, type CliErrorCode } from './errors/cli-error.js'

/** Time that anything left open may keep a finished process alive. */
const lingerMs = 500

/** Rows wait for their reader from here on. */
const pendingBytesLimit = 1024 * 1024

/**
 * The program: the only place that prints results and sets the exit code. Loads only what the arguments require.
 * @param argv arguments after the script's name
 */
export async function main(argv: readonly string[]): Promise<void> {
  let running: RunningCommand | undefined
  const stderr = createOutput(process.stderr)
  const stdout = createOutput(process.stdout, (error) => {
    // `lagoon failures | head`: the reader has what it wanted. A run continues; its outcome is in the exit code and the state.
    if (running !== undefined && !running.drains) process.exit(exitCodes.ok)
    if (running?.json === true)
      stderr.write(
        `lagoon: stdout can't be written (${error.code ?? error.message}): events are lost, the run continues\n`,
      )
  })
  if (argv.length === 1 && (argv[0] === '--version' || argv[0] === '-V')) {
    stdout.write(`${await release()}\n`)
    return
  }
  process.on('uncaughtException', (error) => {
    process.exit(reportFailure(error, { argv, stdout, stderr, running }))
  })
  process.exitCode = await attempt(argv, stdout, stderr, (command) => (running = command))
  await Promise.all([stdout.flush(), stderr.flush()])
  if (running?.json === true && stdout.closed && process.exitCode === exitCodes.ok)
    process.exitCode = exitCodes.failures
  setTimeout(() => process.exit(), lingerMs).unref()
}

async function attempt(
  argv: readonly string[],
  stdout: Output,
  stderr: Output,
  onRunning: (command: RunningCommand) => void,
): Promise<ExitCode> {
  let running: RunningCommand | undefined
  try {
    const { parseArguments } = await import('./command-line/parse-arguments.js')
    const parsed = parseArguments(argv, stdout.columns)
    if (parsed.version || parsed.output !== undefined) {
      stdout.write(`${parsed.version ? await release() : parsed.output}\n`)
      return exitCodes.ok
    }
    const { prepareCommand } = await import('./program/run-command.js')
    running = await prepareCommand(parsed, argv, stdout, stderr)
    onRunning(running)
    const outcome = await running.run()
    if (outcome.failure !== undefined) {
      reportFailure(outcome.failure, { argv, stdout, stderr, running })
    }
    await show(outcome, running, stdout)
    return outcome.exitCode
  } catch (error) {
    return reportFailure(error, { argv, stdout, stderr, running })
  }
}

async function show(outcome: CommandOutcome, running: RunningCommand, stdout: Output): Promise<void> {
  if (running.json) {
    for await (const row of outcome.rows?.() ?? []) {
      running.row(row)
      if (stdout.pendingBytes > pendingBytesLimit) await stdout.flush()
    }
    running.lastLine(outcome.data)
  } else if (!running.quiet) {
    const { createStyle, wantsColor } = await import('./text/style.js')
    stdout.write(outcome.render(createStyle(wantsColor(stdout, process.env))))
  }
}

async function release(): Promise<string> {
  const { version } = await import('./version.js')
  return version()
}
