import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { isAlive, thisProcess } from '../src/state/process-identity.js'

describe.runIf(process.platform === 'linux')('whether a process lives', () => {
  it('is known for this one', () => {
    const { pid, realm, startTicks, startedAt } = thisProcess()
    expect(pid).toBe(process.pid)
    expect(startTicks).toMatch(/^\d+$/)
    expect(realm).not.toBe('')
    expect(Math.abs(Date.parse(startedAt) - (Date.now() - process.uptime() * 1000))).toBeLessThan(5000)
    expect(isAlive(thisProcess())).toBe(true)
  })

  it('depends on its start if its pid was reused, and on the pid if the start is unknown', () => {
    expect(isAlive({ ...thisProcess(), startTicks: '1' })).toBe(false)
    expect(isAlive({ ...thisProcess(), startTicks: null })).toBe(true)
  })

  it('is unknown on another host or container', () => {
    expect(isAlive({ ...thisProcess(), realm: 'elsewhere' })).toBe('unknown')
  })

  it('is known for the first process, which belongs to another user unless this one is root', () => {
    expect(isAlive({ ...thisProcess(), pid: 1, startTicks: null })).toBe(true)
  })

  it('is false for one that has ended', async () => {
    const child = spawn(process.execPath, ['--version'], { stdio: 'ignore' })
    await once(child, 'exit')
    expect(isAlive({ ...thisProcess(), pid: child.pid!, startTicks: null })).toBe(false)
  })

  it('is false for a zombie', async () => {
    // What `sh` becomes never asks what became of the process it started.
    const parent = spawn('sh', ['-c', 'read line <&3 & echo $!; exec cat'], {
      stdio: ['pipe', 'pipe', 'inherit', 'pipe'],
    })
    const [line] = (await once(createInterface({ input: parent.stdout! }), 'line')) as [string]
    const identity = { ...thisProcess(), pid: Number(line), startTicks: startOf(Number(line)) }
    expect(isAlive(identity)).toBe(true)
    ;(parent.stdio[3] as NodeJS.WritableStream).end('\n')
    await expect.poll(() => isAlive(identity)).toBe(false)
    expect(() => process.kill(identity.pid, 0)).not.toThrow()
    parent.stdin!.end()
    await once(parent, 'exit')
  })
})

/** Field 22 of stat; the command, in parentheses, is `sh` and has no space. */
function startOf(pid: number): string {
  return readFileSync(`/proc/${pid}/stat`, 'latin1').split(' ')[21]!
}
