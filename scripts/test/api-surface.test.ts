import { existsSync, readFileSync, writeFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { expect, test } from 'vitest'
import { apiDocuments } from '../api-surface.js'
import { exportsOf } from '../declarations.js'

test('every api-surface.md matches the exports of its package (else run `npx -y pnpm@12 api`)', async () => {
  const documents = await apiDocuments()
  const stale = documents
    .filter(({ path, text }) => !existsSync(path) || readFileSync(path, 'utf8') !== text)
    .map(
      ({ path }) =>
        `${relative(process.cwd(), path)} is out of date: run \`npx -y pnpm@12 api\` and commit what it writes`,
    )
  expect(stale).toEqual([])
})

test('the surface follows re-exports and aliases, and excludes comments, private fields and internals', () => {
  const directory = mkdtempSync(join(tmpdir(), 'lagoon-surface-'))
  try {
    const files = {
      'index.d.ts':
        "export { make as create, type Shape } from './make.js';\nexport type { Far } from 'far';\n",
      'make.d.ts': [
        '/** Makes. */',
        'export declare function make(size: number): Shape;',
        'export declare function make(name: string): Shape;',
        'export interface Shape {',
        '    /** In bytes: { } */',
        '    size: number;',
        '}',
        'interface Hidden {',
        '    size: number;',
        '}',
        'export declare class Unasked {',
        '    #private;',
        '}',
      ].join('\n'),
    }
    for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, name), text)
    expect(exportsOf(join(directory, 'index.d.ts'))).toEqual([
      {
        name: 'Far',
        text: "export { Far } from 'far';",
        documented: "export { Far } from 'far';",
      },
      {
        name: 'Shape',
        text: 'export interface Shape {\n    size: number;\n}',
        documented: 'export interface Shape {\n    /** In bytes: { } */\n    size: number;\n}',
      },
      {
        name: 'create',
        text: 'export declare function make(size: number): Shape;',
        documented: '/** Makes. */\nexport declare function make(size: number): Shape;',
      },
      {
        name: 'create',
        text: 'export declare function make(name: string): Shape;',
        documented: 'export declare function make(name: string): Shape;',
      },
    ])
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
})
