import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { printable } from '../text/printable.js'
import type { FinishHooks } from './finish-hooks.js'

/** The process waits no longer than this for those who are notified of its end. */
const timeoutMs = 5000

/**
 * Tells the command (on its stdin) and the webhook (as the body) how the run ended: its summary with exit code and reason. It never
 * changes how the process ends, and waits at most five seconds: a command that takes longer keeps running.
 * @param warn called with each failure; the URL, which may contain a token, is left out
 */
export async function notifyFinish(
  { command, url }: FinishHooks,
  summary: object,
  warn: (message: string) => void,
): Promise<void> {
  const body = JSON.stringify(summary)
  const notifications = [
    command === undefined
      ? undefined
      : runCommand(command, body).catch((error: Error) => warn(`--on-finish: ${error.message}`)),
    url === undefined
      ? undefined
      : post(url, body).catch((error: Error) => warn(`--webhook: ${reasonOf(error)}`)),
  ]
  await Promise.all(notifications)
}

async function runCommand(command: string, body: string): Promise<void> {
  // Its output belongs with the log: stdout is for the summary. It does not get the secrets of the stores.
  const child = spawn('/bin/sh', ['-c', command], {
    stdio: ['pipe', 2, 2],
    env: Object.fromEntries(
      Object.entries(process.env).filter(
        ([name]) => !/^(?:LAGOON|AWS)_.*(?:SECRET|TOKEN|SSE_C_KEY|PASSWORD)/.test(name),
      ),
    ),
  })
  child.stdin!.on('error', () => undefined).end(body)
  const late = new AbortController()
  const timer = setTimeout(() => late.abort(), timeoutMs)
  try {
    await end(child, late.signal)
  } finally {
    clearTimeout(timer)
    child.unref()
  }
}

/** @throws Error that says how the command ended, unless it ended well or too late */
async function end(child: ChildProcess, late: AbortSignal): Promise<void> {
  const ended = once(child, 'exit', { signal: late }).catch((error: Error) => {
    if (late.aborted) return [0, null]
    throw error
  })
  const [code, signal] = (await ended) as [number | null, string | null]
  if (code !== 0) throw new Error(code === null ? `ended by ${signal}` : `ended with exit code ${code}`)
}

async function post(url: string, body: string): Promise<void> {
  const answer = await fetch(url, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json' },
    signal: AbortSignal.timeout(timeoutMs),
  })
  if (!answer.ok) throw new Error(`answered ${answer.status}`)
}

function reasonOf(error: Error): string {
  const { code } = (error.cause ?? {}) as { code?: string }
  return printable(code ?? error.message)
}
