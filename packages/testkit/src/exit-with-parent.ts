import { spawn, type ChildProcess } from 'node:child_process'

/**
 * Makes sure that `child` ends and its directory is removed even if this process is killed: a shell waits for the end of a pipe that only
 * this process holds open. Returns a function that ends the shell.
 */
export function exitWithParent({ pid }: ChildProcess, directory: string | null): () => void {
  if (pid === undefined) return () => {}
  const script = 'read _; kill -KILL "$1"; [ -z "$2" ] || rm -rf -- "$2"'
  const shell = spawn('sh', ['-c', script, 'sh', String(pid), directory ?? ''], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  shell.on('error', () => {})
  shell.unref()
  return () => shell.kill('SIGKILL')
}
