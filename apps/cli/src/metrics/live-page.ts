import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { version } from '../version.js'

const require = createRequire(import.meta.url)

function asset(name: string): string {
  return readFileSync(new URL(`../../assets/${name}`, import.meta.url), 'utf8')
}

/** The live page: one file that requests nothing but the figures of its own server, as its policy tells the browser. */
export function livePage(): { html: string; policy: string } {
  const nonce = randomBytes(16).toString('base64')
  const parts: Record<string, string> = {
    nonce,
    version: version(),
    style: asset('live.css') + readFileSync(require.resolve('uplot/dist/uPlot.min.css'), 'utf8'),
    uplot: readFileSync(require.resolve('uplot/dist/uPlot.iife.min.js'), 'utf8'),
    script: asset('live.js'),
  }
  return {
    html: asset('live.html').replace(
      /\/\* @(\w+) \*\/|@(nonce|version)/g,
      (_, code?: string, word?: string) => parts[(code ?? word)!]!,
    ),
    policy:
      `default-src 'none'; script-src 'nonce-${nonce}'; style-src 'nonce-${nonce}'; connect-src 'self'; ` +
      "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  }
}
