import type { Backend, Outage } from './backend.js'
import { plain, with_ } from './made.js'
import type { Family } from './made.js'

const SECOND = 1000
const MINUTE = 60 * SECOND

/** Families of backends that change while they are used. */
export const changingFamilies: Readonly<Record<string, Family>> = {
  'capacity steps': (r) => {
    const [latency, knee] = [r.logBetween(10, 400), r.logBetween(24, 800)]
    const [down, up] = [r.between(5, 9) * MINUTE, r.between(12, 18) * MINUTE]
    const change = { knee: (t: number) => (t >= down && t < up ? knee / 4 : knee), thrash: r.between(0, 0.3) }
    return with_(plain(r, latency, knee), change, 'a quarter for a while')
  },
  drift: (r) => {
    const [latency, knee, period] = [r.logBetween(10, 400), r.logBetween(16, 600), r.between(12, 60) * MINUTE]
    const [swing, slow] = [r.between(0.2, 0.5), r.between(0, 0.3)]
    const wave = (t: number, size: number): number => 1 + size * Math.sin((2 * Math.PI * t) / period)
    const change = {
      knee: (t: number) => knee * wave(t, swing),
      latencyMs: (t: number) => latency * wave(t, -slow),
    }
    return with_(plain(r, latency, knee), change, `knee ±${(swing * 100).toFixed(0)} %`)
  },
  'slower path': (r) => {
    const [latency, factor, at] = [r.logBetween(10, 300), r.between(1.3, 3), r.between(6, 14) * MINUTE]
    const knee = r.logBetween(16, 400)
    const change = {
      latencyMs: (t: number) => (t < at ? latency : latency * factor),
      knee: (t: number) => (t < at ? knee : knee * factor),
    }
    return with_(
      plain(r, latency, knee),
      change,
      `latency × ${factor.toFixed(1)} at ${(at / MINUTE).toFixed(0)} min`,
    )
  },
  'little work, then bursts': (r) => {
    const made = plain(r, r.logBetween(10, 400), r.logBetween(24, 600))
    const knee = made.backend.knee(0)
    const [low, every] = [Math.max(1, knee * r.between(0.05, 0.4)), r.between(2, 6) * MINUTE]
    const work = (t: number): number => (Math.floor(t / every) % 2 === 0 ? low : Infinity)
    return { ...made, instances: [{ startMs: 0, work }] }
  },
  outage: (r) => {
    const [from, kind] = [r.between(6, 12) * MINUTE, r.pick<Outage>(['fails', 'throttles', 'hangs'])]
    const change: Partial<Backend> = { outage: (t) => (t >= from && t < from + MINUTE ? kind : null) }
    return with_(plain(r, r.logBetween(10, 500), r.logBetween(8, 600)), change, `${kind} for 60 s`)
  },
  'size change': (r) => {
    const [latency, small, at] = [r.logBetween(10, 100), r.logBetween(2e4, 2e5), r.between(6, 14) * MINUTE]
    const large = small * r.logBetween(20, 400)
    const ease = r.logBetween(5e6, 1e8)
    const bytesPerSecond = ease * r.logBetween(4, 60)
    const big = (t: number): boolean => Math.floor(t / at) % 2 === 1
    const change: Partial<Backend> = {
      objectBytes: (t) => (big(t) ? large : small),
      latencyMs: (t) => latency + ((big(t) ? large : small) / ease) * 1000,
      bytesPerSecond: () => bytesPerSecond,
      queueSeen: 0,
    }
    return with_(
      plain(r, latency, r.logBetween(100, 600)),
      change,
      `${(small / 1e3).toFixed(0)} kB, then ${(large / 1e6).toFixed(0)} MB`,
    )
  },
  oscillating: (r) => {
    const [knee, period, swing] = [r.logBetween(24, 600), r.between(2, 6) * MINUTE, r.between(0.2, 0.5)]
    const change = { knee: (t: number) => knee * (1 + swing * Math.sin((2 * Math.PI * t) / period)) }
    const says = `±${(swing * 100).toFixed(0)} % in ${(period / MINUTE).toFixed(1)} min`
    return with_(plain(r, r.logBetween(10, 400), knee), change, says)
  },
  pauses: (r) => {
    const [everyMs, lengthMs] = [r.between(20, 60) * SECOND, r.between(0.5, 4) * SECOND]
    const change: Partial<Backend> = { outage: (t) => (t % everyMs > everyMs - lengthMs ? 'hangs' : null) }
    return with_(plain(r, r.logBetween(5, 300), r.logBetween(8, 500)), change, spells(lengthMs, everyMs))
  },
  'slow spells': (r) => {
    const [latency, factor] = [r.logBetween(10, 300), r.between(2, 5)]
    const [everyMs, lengthMs] = [r.between(20, 90) * SECOND, r.between(1, 6) * SECOND]
    const change = {
      latencyMs: (t: number) => (t % everyMs > everyMs - lengthMs ? latency * factor : latency),
    }
    const says = `× ${factor.toFixed(1)} for ${spells(lengthMs, everyMs)}`
    return with_(plain(r, latency, r.logBetween(8, 500)), change, says)
  },
  'outage in the ramp': (r) => {
    const [from, lengthMs] = [r.between(0.5, 20) * SECOND, r.between(5, 60) * SECOND]
    const kind = r.pick<Outage>(['fails', 'throttles', 'hangs'])
    const change: Partial<Backend> = { outage: (t) => (t >= from && t < from + lengthMs ? kind : null) }
    const says = `${kind} for ${(lengthMs / SECOND).toFixed(0)} s`
    return with_(plain(r, r.logBetween(10, 1000), r.logBetween(8, 800)), change, says)
  },
}

function spells(lengthMs: number, everyMs: number): string {
  return `${(lengthMs / SECOND).toFixed(1)} s every ${(everyMs / SECOND).toFixed(0)} s`
}
