import { expect, it } from 'vitest'
import { proxyFor, resolveProxy } from '../src/options/proxy-for.js'

const http = new URL('http://store.example:9000')
const https = new URL('https://store.example')

function hostFor(url: URL, env: Record<string, string>, option = 'environment'): string | null {
  return proxyFor(resolveProxy(option, env), url)?.host ?? null
}

it('a given proxy is used, and none on request, whatever the environment has', () => {
  const env = { http_proxy: 'http://p:1', no_proxy: '*' }
  expect(hostFor(http, env, 'http://q:2')).toBe('q:2')
  expect(hostFor(http, env, 'none')).toBeNull()
})

it('the environment has one for http and one for https, each the default for the other', () => {
  const both = { http_proxy: 'http://p:1', https_proxy: 'http://q:2' }
  expect([hostFor(http, both), hostFor(https, both)]).toEqual(['p:1', 'q:2'])
  expect(hostFor(https, { HTTP_PROXY: 'http://p:1' })).toBe('p:1')
  expect(hostFor(http, { HTTPS_PROXY: 'http://q:2' })).toBeNull()
  expect(hostFor(http, { http_proxy: '' })).toBeNull()
  expect([hostFor(http, { ALL_PROXY: 'http://p:1' }), hostFor(https, { all_proxy: 'http://p:1' })]).toEqual([
    'p:1',
    'p:1',
  ])
  expect(hostFor(https, { ALL_PROXY: 'http://p:1', HTTPS_PROXY: 'http://q:2' })).toBe('q:2')
  expect(hostFor(http, { ALL_PROXY: 'socks5://p:1' })).toBeNull()
  expect(hostFor(http, {})).toBeNull()
})

it.each<[string, string, boolean]>([
  ['*', 'http://a.b', true],
  ['none.example, *', 'http://a.b', true],
  ['store.example', 'http://store.example', true],
  ['STORE.example', 'http://store.example.', true],
  ['store.example', 'http://bucket.store.example', true],
  ['.store.example', 'http://bucket.store.example', true],
  ['.store.example', 'http://store.example', true],
  ['*.store.example', 'http://bucket.store.example', true],
  ['*.store.example', 'http://store.example', false],
  ['store.example', 'http://mystore.example', false],
  ['store.example', 'http://store.example.org', false],
  ['store.example:9000', 'http://store.example:9000', true],
  ['store.example:9000', 'http://store.example', false],
  ['store.example:443', 'https://store.example', true],
  ['*:80', 'http://store.example', true],
  ['*:80', 'https://store.example', false],
  ['127.0.0.1 10.0.0.1', 'http://10.0.0.1:9000', true],
  ['::1', 'http://[::1]:9000', true],
  ['[::1]', 'http://[::1]:9000', true],
  ['[::1]:9000', 'http://[::1]:9000', true],
  ['[::1]:9001', 'http://[::1]:9000', false],
  ['', 'http://a.b', false],
  ['10.0.0.0/8', 'http://10.1.2.3:9000', true],
  ['10.0.0.0/8,.svc', 'http://11.1.2.3:9000', false],
  ['10.0.0.7/32', 'http://10.0.0.7', true],
  ['10.0.0.0/8', 'http://ten.example', false],
  ['fd00::/8', 'http://[fd12::1]:9000', true],
  ['fd00::/8', 'http://10.1.2.3', false],
  ['10.0.0.0/99', 'http://10.0.0.0', false],
  ['.svc.cluster.local', 'http://minio.lake.svc.cluster.local:9000', true],
])('no_proxy %j and %s: %s', (exempt, url, isExempt) => {
  const env = { http_proxy: 'http://p:1', NO_PROXY: exempt }
  expect(hostFor(new URL(url), env)).toBe(isExempt ? null : 'p:1')
})
