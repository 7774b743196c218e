import { array, assert, asyncProperty, constant, integer, nat, oneof, record } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createGate } from '../src/index.js'
import type { Gate, Permit } from '../src/index.js'

const BUDGET = 100

const step = oneof(
  { weight: 5, arbitrary: record({ kind: constant('acquire' as const), value: nat(120) }) },
  { weight: 5, arbitrary: record({ kind: constant('release' as const), value: nat() }) },
  { weight: 2, arbitrary: record({ kind: constant('abort' as const), value: nat() }) },
  { weight: 1, arbitrary: record({ kind: constant('resize' as const), value: integer({ min: 1, max: 6 }) }) },
)

interface Asked {
  id: number
  bytes: number
  abort: AbortController
}

/** Plays steps against a gate, keeps its own account of what must be, and collects where the two differ. */
class Player {
  readonly gate: Gate = createGate(3, { byteBudget: BUDGET })
  readonly wrong: string[] = []
  readonly out: { permit: Permit; bytes: number }[] = []
  queue: Asked[] = []
  #ids = 0

  play(kind: 'acquire' | 'release' | 'abort' | 'resize', value: number): void {
    if (kind === 'acquire') this.#acquire(value)
    else if (kind === 'resize') this.gate.resize(value)
    else if (kind === 'release') this.out.splice(value % Math.max(1, this.out.length), 1)[0]?.permit.release()
    else this.#abort(value)
  }

  #acquire(bytes: number): void {
    const asked = { id: (this.#ids += 1), bytes, abort: new AbortController() }
    const result = this.gate.acquire({ bytes, signal: asked.abort.signal })
    if (result instanceof Promise) {
      this.queue.push(asked)
      void this.#await(asked, result)
      return
    }
    if (this.queue.length > 0) this.wrong.push(`${asked.id} overtook`)
    this.out.push({ permit: result, bytes })
  }

  async #await(asked: Asked, result: Promise<Permit>): Promise<void> {
    const permit = await result.catch(() => null)
    if (permit === null) return
    const first = this.queue.shift()
    if (first?.id !== asked.id) this.wrong.push(`${asked.id} was granted before ${first?.id}`)
    this.out.push({ permit, bytes: asked.bytes })
  }

  #abort(value: number): void {
    const asked = this.queue[value % Math.max(1, this.queue.length)]
    this.queue = this.queue.filter((other) => other !== asked)
    asked?.abort.abort()
  }

  check(): void {
    const { gate, out, queue } = this
    const bytes = out.reduce((sum, held) => sum + held.bytes, 0)
    const said = [gate.inFlight, gate.bytesInFlight, gate.waiting].join()
    const is = [out.length, bytes, queue.length].join()
    if (said !== is) this.wrong.push(`in flight, bytes, waiting: said ${said}, is ${is}`)
    const holders = out.filter((held) => held.bytes > 0).length
    if (bytes > BUDGET && holders > 1) this.wrong.push(`${bytes} bytes out`)
    const head = queue[0]
    const free = out.length < gate.limit && (bytes === 0 || bytes + (head?.bytes ?? 0) <= BUDGET)
    if (head !== undefined && free) this.wrong.push(`${head.id} could go, but waits`)
  }
}

async function settle(): Promise<void> {
  for (let turn = 0; turn < 6; turn += 1) await Promise.resolve()
}

describe('whatever happens at a gate', () => {
  it('no wake-up is lost, none overtakes, and the bytes stay within the budget', async () => {
    await assert(
      asyncProperty(array(step, { maxLength: 80 }), async (steps) => {
        const player = new Player()
        for (const { kind, value } of steps) {
          player.play(kind, value)
          await settle()
          player.check()
        }
        while (player.out.length > 0) {
          player.play('release', 0)
          await settle()
          player.check()
        }
        expect(player.wrong).toEqual([])
        expect([player.gate.inFlight, player.gate.bytesInFlight, player.gate.waiting]).toEqual([0, 0, 0])
      }),
    )
  })
})
