import { Readable } from 'node:stream'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { type KeyListOptions, openKeyList } from '../src/index.js'
import { readAll } from './read-all.js'

/** Reads a list as `lagoon` does: recognised by its name and its beginning; in chunks of this many bytes. */
function read(
  content: string | Uint8Array,
  name = 'list',
  options: Partial<KeyListOptions> = {},
  pieceBytes = 64,
) {
  const bytes = Buffer.from(content as string)
  const pieces = Array.from({ length: Math.ceil(bytes.length / pieceBytes) }, (_, index) =>
    bytes.subarray(index * pieceBytes, (index + 1) * pieceBytes),
  )
  const source = { name, open: () => Readable.from(pieces) }
  return readAll(openKeyList(source, { bucket: 'lake', format: 'auto', ...options }))
}

const codesOf = ({ problems }: Awaited<ReturnType<typeof read>>): string[] => problems.map(({ code }) => code)

const SKIPPABLE = Buffer.from([0x5a, 0x2a, 0x4d, 0x18, 4, 0, 0, 0, 1, 2, 3, 4])
const FIRST = 'a\nb\n'
const SECOND = 'c\nd\n'

describe('a compressed list is read to its last byte:', () => {
  test.for<[string, Uint8Array[]]>([
    ['several frames of Zstandard', [zstdCompressSync(FIRST), zstdCompressSync(SECOND)]],
    [
      'frames that may be skipped, before, between and after',
      [SKIPPABLE, zstdCompressSync(FIRST), SKIPPABLE, SKIPPABLE, zstdCompressSync(SECOND), SKIPPABLE],
    ],
    ['an empty frame', [zstdCompressSync(FIRST), zstdCompressSync(''), zstdCompressSync(SECOND)]],
    ['several members of GZIP', [gzipSync(FIRST), gzipSync(SECOND)]],
    ['an empty member', [gzipSync(''), gzipSync(FIRST), gzipSync(SECOND)]],
  ])('%s', async ([, parts]) => {
    for (const pieceBytes of [1, 7, 100_000]) {
      expect((await read(Buffer.concat(parts), 'list.txt', {}, pieceBytes)).keys).toEqual([
        'a',
        'b',
        'c',
        'd',
      ])
    }
  })

  test('a hundred thousand keys in frames of a few hundred', async () => {
    const keys = Array.from({ length: 100_000 }, (_, index) => `raw/${index}`)
    const frames = Array.from({ length: 250 }, (_, index) =>
      zstdCompressSync(`${keys.slice(index * 400, (index + 1) * 400).join('\n')}\n`),
    )
    expect((await read(Buffer.concat(frames), 'list.txt.zst', {}, 10_000)).keys).toEqual(keys)
  })
})

describe('a compressed list with anything else at its end is an error:', () => {
  const packed: [string, Buffer][] = [
    ['GZIP', Buffer.concat([gzipSync(FIRST), gzipSync(SECOND)])],
    ['Zstandard', Buffer.concat([zstdCompressSync(FIRST), zstdCompressSync(SECOND)])],
  ]
  const tails: [string, Buffer][] = [
    ['text', Buffer.from('e\nf\n')],
    ['one byte', Buffer.from('x')],
    ['zeros', Buffer.alloc(512)],
    ['zeros and a whole list', Buffer.concat([Buffer.alloc(4), gzipSync(FIRST)])],
    ['the start of another one', zstdCompressSync(FIRST).subarray(0, 6)],
    ['a cut frame to be skipped', SKIPPABLE.subarray(0, 10)],
  ]
  test.for(
    packed.flatMap(([name, bytes]) => tails.map(([what, tail]) => [name, what, bytes, tail] as const)),
  )('%s, %s', async ([, , bytes, tail]) => {
    for (const pieceBytes of [1, 7, 100_000]) {
      const reading = read(Buffer.concat([bytes, tail]), 'list.txt', {}, pieceBytes)
      await expect(reading).rejects.toMatchObject({ code: 'LAGOON_MANIFEST_LIST_CORRUPT' })
    }
  })

  test.for(packed)('%s that is cut anywhere but between two parts', async ([name, bytes]) => {
    const between = (name === 'GZIP' ? gzipSync(FIRST) : zstdCompressSync(FIRST)).length
    for (let length = 4; length < bytes.length; length++) {
      const outcome = await read(bytes.subarray(0, length), 'list.txt').then(
        ({ keys }) => keys,
        (error: { code: string }) => error.code,
      )
      expect(outcome).toEqual(length === between ? ['a', 'b'] : 'LAGOON_MANIFEST_LIST_CORRUPT')
    }
  })
})

describe('a table is read with any ending of fields and lines:', () => {
  test.for<[string, string, string]>([
    ['semicolons', 'list.csv', 'key;size\na;1\n"b;c";2\n'],
    ['tabs', 'list.csv', 'size\tkey\n1\ta\n2\t"b;c"\n'],
    ['tabs, and called so', 'list.tsv', 'size\tkey\n1\ta\n2\tb;c\n'],
    ['bars', 'list.csv', 'key|size\na|1\nb;c|2\n'],
    ['semicolons, and no name that says it is a table', 'list', 'key;size\na;1\n"b;c";2\n'],
    ['the delimiter in a line of its own', 'list.csv', 'sep=;\nkey;size\na;1\n"b;c";2\n'],
    ['the same with a byte order mark and CRLF', 'list.csv', '\ufeffsep=;\r\nkey;size\r\na;1\r\n"b;c";2\r\n'],
    ['the delimiter in quotes', 'list.csv', '"sep=\t"\nkey\tsize\na\t1\nb;c\t2\n'],
    ['the delimiter named where the name says nothing', 'list', 'sep=|\nkey|size\na|1\nb;c|2\n'],
    ['CR alone', 'list.csv', 'key,size\ra,1\r"b;c",2\r'],
    ['CR alone, without one at the end', 'list.csv', 'key,size\ra,1\r"b;c",2'],
    ['CR alone and semicolons', 'list.csv', 'key;size\ra;1\r"b;c";2\r'],
    ['CR alone, then LF', 'list.csv', 'key,size\ra,1\r"b;c",2\n'],
    ['LF, then CR alone', 'list.csv', 'key,size\na,1\r"b;c",2\r'],
    ['CR twice', 'list.csv', 'key,size\r\r\na,1\r\r\n"b;c",2\r\r\n'],
    ['the delimiter named as an escape', 'list.csv', 'sep=\\t\nkey\tsize\na\t1\nb;c\t2\n'],
    ['another name of the key', 'list.csv', 'Owner,Object Key,SIZE\nme,a,1\nme,b;c,2\n'],
    ['URIs', 'list.csv', 'id,s3_uri,size\n1,s3://lake/a,1\n2,arn:aws:s3:::lake/b;c,2\n'],
    [
      'the columns of Storage Insights, in which a version that is no longer current has a time of deletion',
      'report.csv',
      'project,bucket,name,size,timeDeleted,storageClass\np,lake,a,1,,X\np,lake,a,9,2026-01-01T00:00:00Z,X\np,lake,b;c,2,,X\n',
    ],
    ['CR and LF mixed with LF', 'list.csv', 'key,size\r\na,1\n"b;c",2\r\n'],
    ['empty lines', 'list.csv', '\n\nkey,size\n\na,1\n\nb;c,2\n\n'],
  ])('%s', async ([, name, text]) => {
    for (const bytes of [Buffer.from(text), gzipSync(text)]) {
      const { keys, sizes, problems } = await read(bytes, name)
      expect(problems).toEqual([])
      expect(keys).toEqual(['a', 'b;c'])
      expect(sizes).toEqual([1, 2])
    }
  })

  test('keys of plain lists may contain any delimiter, and lines may end in CR alone', async () => {
    expect((await read('a;b\tc|d,e\nf;g\n', 'list.txt')).keys).toEqual(['a;b\tc|d,e', 'f;g'])
    expect((await read('a;b\n')).keys).toEqual(['a;b'])
    expect((await read('a;b.txt\nc\n', 'list.csv')).keys).toEqual(['a;b.txt', 'c'])
    expect((await read('a\rb\r', 'list.txt')).keys).toEqual(['a', 'b'])
    expect((await read('a\rb\nc\n', 'list.txt')).keys).toEqual(['a\rb', 'c'])
  })

  test('a list for S3 Batch Operations may end its lines in CR, too', async () => {
    expect((await read('lake,a+b\rlake,c\r', 'list.csv')).keys).toEqual(['a b', 'c'])
  })
})

describe('a header without "uri" and "key"', () => {
  test.for<[string, string, (string | null)[]]>([
    ['path,size\na,1\nb,2\n', 'the size has its own name', ['a', 'b']],
    ['LastModified;object\n2026-01-01;a\n2026-01-02;b\n', 'the time has', ['a', 'b']],
    ['bucket,name,etag\nlake,a,1\nother,b,2\n', 'the bucket and the ETag have', ['a', null]],
    ['Bucket Name;Name;Owner\nlake;a;me\nlake;b;me\n', 'beside a bucket, a name is the key', ['a', 'b']],
  ])('is read where only one column is left: %j (%s)', async ([text, , keys]) => {
    expect((await read(text, 'list.csv')).keys).toEqual(keys)
  })

  test.for([
    'name,owner\na,me\n',
    'path,md5\na,1\n',
    'pfad;besitzer\na;ich\n',
    'file,checksum,owner\na,1,me\n',
    'path\na\n',
    '"Object Key"\na\n',
    'a,version\nb,1\n',
    'key size\na 1\n',
  ])('is refused without requesting a row if that is ambiguous: %j', async (text) => {
    await expect(read(text, 'list.csv')).rejects.toMatchObject({ code: 'LAGOON_MANIFEST_COLUMN_AMBIGUOUS' })
    const column = text.split(/[,;\n]/)[0]!.replaceAll('"', '')
    expect((await read(text, 'list.csv', { column })).keys).toHaveLength(1)
  })

  test('a DataSync list is recognised by its version ids', async () => {
    const version = 'L4kqtJlcpXroDTDmpUMLUo0Hv4fWzJ2P'
    const { keys, versionIds } = await read(`a b,${version}\nc,\nd,null\n`, 'list.csv')
    expect(keys).toEqual(['a b', 'c', 'd'])
    expect(versionIds).toEqual([version, null, 'null'])
  })
})

test.for<[string, string]>([
  ['sizes', 'a,12\nb,13\n'],
  ['ETags', 'a,d41d8cd98f00b204e9800998ecf8427e\nb,9e107d9d372bb6826bd81d3542a419d6-3\n'],
  ['sizes beside the bucket', 'lake,a,12\nlake,b,13\n'],
  ['sizes below the delimiter', 'sep=;\na;12\nb;13\n'],
  ['names below a comment', '# made by hand\nkey,size\na,1\n'],
  [
    'the columns of an inventory',
    '"lake","a","v1","true","false","12"\n"lake","b","v1","true","false","12"\n',
  ],
])('a table without a header is refused where its other fields are not versions but %s', async ([, text]) => {
  await expect(read(text, 'list.csv')).rejects.toMatchObject({ code: 'LAGOON_MANIFEST_COLUMN_AMBIGUOUS' })
})

describe('a column that two fields match is refused:', () => {
  test.for<[string, string | undefined]>([
    ['key,key\na,b\n', undefined],
    ['key,KEY\na,b\n', undefined],
    ['a,a\n1,2\n', 'a'],
    ['key,version_id,VersionId\na,1,2\n', undefined],
    ['key,is_latest,IsLatest\na,true,false\n', undefined],
  ])('%j', async ([text, column]) => {
    const reading = read(text, 'list.csv', column === undefined ? {} : { column })
    await expect(reading).rejects.toMatchObject({ code: 'LAGOON_MANIFEST_COLUMN_AMBIGUOUS' })
  })
})

describe('JSON is read', () => {
  const objects = [
    { Key: 'a', Size: 1, ETag: '"e1"', LastModified: '2026-01-01T00:00:00Z', StorageClass: 'STANDARD' },
    { Key: 'b', Size: 2, ETag: '"e2"', LastModified: '2026-01-01T00:00:00Z', StorageClass: 'STANDARD' },
  ]
  test.for<[string, string]>([
    ['as lines with S3’s own names', objects.map((object) => JSON.stringify(object)).join('\n')],
    ['as an array in one line', JSON.stringify(objects)],
    ['as an array over many lines', JSON.stringify(objects, null, 2)],
    ['as an array after empty lines and a byte order mark', `\ufeff\n\n ${JSON.stringify(objects)}\n`],
    ['as an answer of ListObjectsV2', JSON.stringify({ Contents: objects, RequestCharged: null }, null, 4)],
    [
      'as an answer with other members before',
      JSON.stringify({
        IsTruncated: false,
        Name: 'x',
        More: [{ Key: 'no' }],
        Contents: objects,
        After: { a: ['b'] },
      }),
    ],
    ['as objects one after the other', objects.map((object) => JSON.stringify(object, null, 2)).join('\n')],
    ['as several arrays', objects.map((object) => JSON.stringify([object])).join('\n')],
    [
      'as an array of responses of ListObjectsV2',
      JSON.stringify(objects.map((object) => ({ Prefix: 'x', Contents: [object], KeyCount: 1 }))),
    ],
    [
      'as lines that are responses of ListObjectsV2',
      objects.map((object) => JSON.stringify({ Contents: [object], Prefix: 'x' })).join('\n'),
    ],
    ['as a request of DeleteObjects', JSON.stringify({ Quiet: true, Objects: objects }, null, 2)],
    [
      'as a row that has lists of its own',
      objects.map((object) => JSON.stringify({ ...object, items: ['x'], keys: ['y'] })).join('\n'),
    ],
  ])('%s', async ([, text]) => {
    for (const name of ['list', 'list.json', 'list.jsonl.gz']) {
      for (const pieceBytes of [1, 1_000]) {
        const { keys, sizes, etags, problems } = await read(text, name, {}, pieceBytes)
        expect(problems).toEqual([])
        expect(keys).toEqual(['a', 'b'])
        expect(sizes).toEqual([1, 2])
        expect(etags).toEqual(['e1', 'e2'])
      }
    }
  })

  test('with keys that contain JSON syntax', async () => {
    const keys = ['a"b', '[c]', '{"d":1}', 'e\\', 'f,g', '\u{1f600}', '\n']
    expect((await read(JSON.stringify(keys))).keys).toEqual(keys)
    expect(
      await read(JSON.stringify(keys.map((key) => ({ x: { y: [key] }, key })))).then(({ keys }) => keys),
    ).toEqual(keys)
  })

  test.for(['key', 'Key', 'KEY', 'uri', 'Uri', 'objectKey', 'object_key', 'S3Key', 'Path'])(
    'with the key called %s',
    async (name) => {
      expect((await read(`{"${name}":"a"}\n{"${name}":"b"}\n`)).keys).toEqual(['a', 'b'])
    },
  )

  test.for<[string, string]>([
    ['rclone lsjson', '[{"Path":"d","Size":-1,"IsDir":true},{"Path":"d/a","Size":1,"IsDir":false}]'],
    ['mc ls --json', '{"status":"success","type":"folder","key":"d/"}\n{"type":"file","size":1,"key":"d/a"}'],
    [
      's5cmd --json ls',
      '{"key":"s3://lake/d/","type":"directory"}\n{"key":"s3://lake/d/a","size":1,"type":"file"}',
    ],
    [
      'gcloud storage objects list',
      '[{"bucket":"lake","name":"d/a","size":1,"storage_url":"gs://lake/d/a#17"}]',
    ],
    ['an UNLOAD of Redshift', '{"entries":[{"url":"s3://lake/d/a","meta":{"content_length":1},"size":1}]}'],
    ['json.dump of Python', '{"key":"d/a","size":1,"note":NaN,"other":"NaN","more":-Infinity}'],
  ])('of %s, objects and no directories', async ([, text]) => {
    const { keys, sizes, problems } = await read(text)
    expect(problems).toEqual([])
    expect(keys).toEqual(['d/a'])
    expect(sizes).toEqual([1])
  })

  test('with the requested member, an exact name before a path', async () => {
    const text = '{"key":"no","a":{"b":"nested"},"a.b":"exact"}\n{"key":"no","a":{"b":"nested"}}\n'
    expect((await read(text, 'x.jsonl', { column: 'a.b' })).keys).toEqual(['exact', 'nested'])
  })

  test('and a row with two matching members, or with a value that is not a key, is a problem', async () => {
    const whole = await read(
      '{"key":"a"}\n{"Key":"b","KEY":"c"}\n{"key":7}\n{"key":"s3://other/x"}\n',
      'x.jsonl',
    )
    expect(whole.keys).toEqual(['a', null, null, null])
    expect(codesOf(whole)).toEqual([
      'LAGOON_MANIFEST_ROW_MALFORMED',
      'LAGOON_MANIFEST_ROW_MALFORMED',
      'LAGOON_MANIFEST_KEY_OTHER_BUCKET',
    ])
    const elements = await read('["a", 1, null, [2], {"key":"b"}]')
    expect(elements.keys).toEqual(['a', null, null, null, 'b'])
  })

  test.for([
    '{"name":"a","md5":"x"}\n{"name":"b"}\n',
    '[{"add":{"path":"a"}}]',
    '{"a":\n{"b":1}}',
    '{"protocol":{"minReaderVersion":1}}\n{"add":{"path":"part-0.parquet"}}\n',
    '{"Records":[{"s3":{"object":{"key":"a"}}}]}',
    '[{"type":"cloud_object","url":"gs://lake/a#1700000000000000"}]',
  ])('but refused in one sentence if no row has a key: %j', async (text) => {
    await expect(read(text)).rejects.toMatchObject({ code: 'LAGOON_MANIFEST_COLUMN_MISSING' })
  })

  test.for([
    '[{"key":"a"},',
    '[{"key":"a"}',
    '[{"key":"a',
    '{"Contents":[{"Key":"a"}]',
    '[{"key":"a"}] junk',
    '[{"key":"a"}]]',
    '[{"key":"a"}}',
  ])('and rejected if it is truncated or has trailing data: %j', async (text) => {
    await expect(read(text)).rejects.toMatchObject({ code: 'LAGOON_MANIFEST_LIST_CORRUPT' })
  })
})

test.for(['s3', 's3a', 's3n', 'gs', 'S3', 'S3A', 'Gs', 'r2', 'oss', 'obs', 'cos'])(
  'keys may be %s:// URIs of the bucket',
  async (scheme) => {
    const whole = await read(
      `${scheme}://lake/a/b\n${scheme}://other/c\n${scheme}://lake/\n${scheme}:/lake/d\n`,
      'x.txt',
    )
    expect(whole.keys).toEqual(['a/b', null, null, `${scheme}:/lake/d`])
    expect(codesOf(whole)).toEqual(['LAGOON_MANIFEST_KEY_OTHER_BUCKET', 'LAGOON_MANIFEST_KEY_EMPTY'])
  },
)

describe('a completion report of S3 Batch Operations', () => {
  const rows = 'lake,a+b%2Bc,,succeeded,200,,Successful\nlake,d,v1,failed,403,AccessDenied,"no, not\nthis"\n'

  test('has the objects of all its tasks', async () => {
    const { keys, versionIds } = await read(rows, 'results/0123.csv')
    expect(keys).toEqual(['a b+c', 'd'])
    expect(versionIds).toEqual([null, 'v1'])
  })

  test('is refused by name in the form of its manifest.json', async () => {
    const report = JSON.stringify({
      Format: 'Report_CSV_20180820',
      Results: [{ Key: 'x.csv' }],
      ReportSchema: 'Bucket, Key',
    })
    await expect(read(report, 'manifest.json')).rejects.toMatchObject({
      message: expect.stringContaining('completion report') as string,
    })
  })
})

describe('other files are refused in one sentence that names them:', () => {
  const utf16 = Buffer.from('\ufeffa\nb\n', 'utf16le')
  const inner = gzipSync('a\nb\n')
  test.for<[string, Uint8Array]>([
    ['an ORC file', Buffer.from('ORC\x08\0\x10binary')],
    ['an Avro file', Buffer.from('Obj\x01\x04\x14avro.codec')],
    ['a zip file', Buffer.from('PK\x03\x04\x14\0\0\0')],
    ['bzip2', Buffer.from('BZh91AY&SY\0\0')],
    ['xz', Buffer.from('fd377a585a0000', 'hex')],
    ['LZ4', Buffer.from('04224d186440', 'hex')],
    ['Snappy', Buffer.from('ff060000734e61507059', 'hex')],
    ['a 7z archive', Buffer.from('377abcaf271c0004', 'hex')],
    [
      'a tar archive',
      Buffer.concat([Buffer.from('list.txt'), Buffer.alloc(249), Buffer.from('ustar\x0000')]),
    ],
    ['an Arrow file', Buffer.from('ARROW1\0\0')],
    ['a SQLite database', Buffer.from('SQLite format 3\0')],
    ['XML', Buffer.from('<?xml version="1.0"?>\n<ListBucketResult>\n')],
    [
      'XML',
      Buffer.from('\n<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>x</Name>'),
    ],
    ['HTML', Buffer.from('<!DOCTYPE html>\n<html>\n')],
    ['UTF-16', utf16],
    ['UTF-16', Buffer.from(utf16).swap16()],
    ['UTF-32', Buffer.from('fffe000061000000', 'hex')],
    ['UTF-16', Buffer.from('a\nb\n', 'utf16le')],
    ['another encoding', Buffer.from('größe/1\nmüll/2\nstraße/3\nd\n', 'latin1')],
    ['compressed twice', gzipSync(inner)],
    ['a Parquet file', gzipSync('PAR1....PAR1')],
    [
      'a tar archive',
      gzipSync(Buffer.concat([Buffer.from('a'), Buffer.alloc(256), Buffer.from('ustar\x0000')])),
    ],
    ['NUL', Buffer.from('a\nb\n\0\0\0\0')],
    ['LZ4', Buffer.from('02214c1810000000', 'hex')],
    ['zlib', Buffer.from('789c4b494924', 'hex')],
    ['Git LFS', Buffer.from('version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 1\n')],
    ['an HTTP response', Buffer.from('HTTP/1.1 502 Bad Gateway\r\n\r\n')],
    ['encrypted', Buffer.from('-----BEGIN PGP MESSAGE-----\n\nhQEMA\n')],
    ['symlink.txt', Buffer.from('s3://lake/inv/data/12345678-1234-1234-1234-123456789abc.parquet\n')],
  ])('%s (%#)', async ([what, bytes]) => {
    for (const name of ['list', 'list.csv']) {
      const error = await read(bytes, name).then(
        () => null,
        (thrown: Error) => thrown,
      )
      expect(error).toMatchObject({ name: 'ManifestError', message: expect.stringContaining(what) as string })
    }
  })

  const listings: [string, string][] = [
    ['aws s3 ls', '2026-01-02 10:11:12       1234 a/b\n2026-01-02 10:11:13          0 c d\n'],
    ['aws s3 ls, human', '2026-01-02 10:11:12    1.2 KiB a\n\nTotal Objects: 1\n   Total Size: 1.2 KiB\n'],
    [
      'aws s3 ls without --recursive',
      '                           PRE a/\n2026-01-02 10:11:12          7 b\n',
    ],
    ['aws s3api --output text', 'CONTENTS\t"e1"\ta\t2026-01-02\t1\nCONTENTS\t"e2"\tb\t2026-01-02\t1\n'],
    ['aws s3api --query --output text', 'a\tb\tc\nNone\n'],
    ['aws s3api --output table', '-------------\n|  ListV2  |\n+-----------+\n'],
    ['aws s3api --output yaml', "Contents:\n- ETag: 'x'\n  Key: a\n"],
    ['s5cmd ls', '2026/01/02 10:11:12              1234  a/b\n2026/01/02 10:11:13               DIR  c/\n'],
    ['s5cmd ls -e -s', '2026/01/02 10:11:12   STANDARD 3d8a5d2f            1234  a\n'],
    ['s3cmd ls', '                       DIR  s3://lake/d/\n2026-01-02 10:11         1234  s3://lake/a\n'],
    ['mc ls', '[2026-01-02 10:11:12 UTC] 1.2KiB STANDARD a\n[2026-01-02 10:11:12 UTC]     0B d/\n'],
    ['rclone ls', '       12 a\n1234567890 b c\n'],
    ['rclone lsl', '       12 2026-01-02 10:11:12.000000000 a\n'],
    ['rclone lsf', 'a;12;2026-01-02 10:11:12\nb;0;2026-01-02 10:11:12\n'],
    ['rclone md5sum', 'd41d8cd98f00b204e9800998ecf8427e  a\nd41d8cd98f00b204e9800998ecf8427e  b\n'],
    ['gsutil ls -l', '      22  2026-01-02T10:11:12Z  gs://lake/a\nTOTAL: 1 objects, 22 bytes (22 B)\n'],
    ['gsutil ls -r', 'gs://lake/d/:\ngs://lake/d/a\n'],
    ['ls -l', 'total 8\n-rw-r--r-- 1 root root 12 Jan  2 10:11 a\n'],
    ['find', './a\n./b/c\n'],
    ['hdfs dfs -ls', 'Found 1 items\n-rw-rw-rw-   1 u u   12 2026-01-02 10:11 s3a://lake/a\n'],
    ['azcopy list', 'INFO: a; Content Length: 12 B\n'],
    ['psql', ' key | size \n-----+------\n a   |    1\n(1 row)\n'],
    ['duckdb', '┌─────────┐\n│   key   │\n├─────────┤\n│ a       │\n└─────────┘\n'],
    ['Hive', 'a\x0112\nb\x0113\n'],
    ['a mainframe', 'a\u0085b\u0085'],
    ['Python', "{'Key': 'a', 'Size': 1}\n{'Key': 'b', 'Size': 2}\n"],
    ['Storage Transfer Service', 'TsvHttpData-1.0\nhttps://example.com/a\t1\tx\n'],
    [
      'presigned URLs',
      'https://lake.s3.amazonaws.com/a?X-Amz-Signature=1\nhttps://lake.s3.amazonaws.com/b\n',
    ],
    ['URLs by path', 'http://localhost:9000/lake/a\nhttp://localhost:9000/lake/b\n'],
    ['other URIs', 'abfss://c@account.dfs.core.windows.net/a\nabfss://c@account.dfs.core.windows.net/b\n'],
  ]
  test.for(listings)('the output of %s', async ([, text]) => {
    for (const name of ['list', 'list.txt']) {
      const reading = read(text, name)
      await expect(reading).rejects.toMatchObject({ code: 'LAGOON_MANIFEST_UNSUPPORTED_FORMAT' })
    }
    expect((await read(text, 'list', { format: 'text' })).problems).toEqual([])
  })

  test.for<[string, string]>([
    ['list.txt', '{"key":"a"}\n{"key":"b"}\n'],
    ['list.txt', '[{"key":"a"}]\n'],
    ['list.txt', 'key,size\na,1\n'],
    ['list.txt', 'lake,a\nlake,b\n'],
    ['list.csv', '{"key":"a"}\n{"key":"b"}\n'],
    ['list.csv', '[\n{"key":"a"}\n]\n'],
  ])('a list in another format than its name says: %s, %j', async ([name, text]) => {
    await expect(read(text, name)).rejects.toMatchObject({
      code: 'LAGOON_MANIFEST_UNSUPPORTED_FORMAT',
      hint: expect.stringContaining('a name that ends in') as string,
    })
  })

  test('JSON lines of which none is JSON', async () => {
    const reading = read('a\nb\n', 'list.jsonl')
    await expect(reading).rejects.toMatchObject({ code: 'LAGOON_MANIFEST_COLUMN_MISSING' })
  })

  test('the symlink.txt of an inventory by its name, too', async () => {
    await expect(
      read('s3://lake/x/1.parquet\n', 'hive/dt=2026-01-01-00-00/symlink.txt'),
    ).rejects.toMatchObject({
      code: 'LAGOON_MANIFEST_UNSUPPORTED_FORMAT',
    })
  })

  test('but a key may begin like such a file', async () => {
    const keys = [
      'ORC/a',
      'PK',
      'BZh',
      'Obj',
      '<a',
      'RCF',
      'SEQ',
      'PARTS/1',
      'ustar',

      '2026-01-02 10:11:12 photo.jpg',
      '12 a',
      '- a',
      './a',
      'a\tb',
      'https://example.com/a',
      "'a'",
      'None',
    ]
    for (const key of keys) expect((await read(`${key}\nb\n`, 'list.txt')).keys).toEqual([key, 'b'])
    expect((await read(Buffer.from('a\n\xff\nb\n', 'latin1'), 'list.txt')).keys).toEqual(['a', null, 'b'])
  })
})

describe('rows decide about versions, whatever the order of columns:', () => {
  const header = 'is_delete_marker,version_id,key,is_latest,size'
  test('old versions and delete markers are skipped, in any order', async () => {
    const rows = ['false,v1,k,false,1', 'false,v2,k,true,2', 'false,g1,gone,false,3', 'true,g2,gone,true,']
    for (const lines of [rows, rows.toReversed()]) {
      const { keys, versionIds, problems } = await read([header, ...lines].join('\n'), 'list.csv')
      expect(problems).toEqual([])
      expect(keys).toEqual(['k'])
      expect(versionIds).toEqual(['v2'])
    }
  })

  test.for([
    ['true', 'false'],
    ['TRUE', 'FALSE'],
    ['True', 'False'],
    ['1', '0'],
    ['t', 'f'],
    ['Yes', 'No'],
    ['on', 'off'],
    ['1.0', '0.0'],
  ])('flags may be written %s and %s', async ([yes, no]) => {
    const text = `Key,IsLatest,IsDeleteMarker\na,${no},${no}\na,${yes},${no}\nb,${yes},${yes}\n`
    expect((await read(text, 'list.csv')).batches[0]).toMatchObject({ keys: ['a'], rows: [1] })
  })

  test('a flag that is not understood is a problem of its row', async () => {
    const whole = await read('key,is_latest\na,true\nb,perhaps\nc,\n', 'list.csv')
    expect(whole.keys).toEqual(['a', null, 'c'])
    expect(codesOf(whole)).toEqual(['LAGOON_MANIFEST_ROW_MALFORMED'])
  })

  test('in JSON, with true and false', async () => {
    const versions = [
      { Key: 'k', VersionId: 'v1', IsLatest: false },
      { Key: 'k', VersionId: 'v2', IsLatest: true },
    ]
    const deleted = [{ Key: 'gone', VersionId: 'g2', IsLatest: true }]
    const lines = versions.map((version) => JSON.stringify(version)).join('\n')
    for (const text of [
      lines,
      JSON.stringify(versions),
      JSON.stringify({ Versions: versions, DeleteMarkers: deleted }),
    ]) {
      const { keys, versionIds } = await read(text)
      expect(keys).toEqual(['k'])
      expect(versionIds).toEqual(['v2'])
    }
  })

  test.for<[string, string, string]>([
    ['a CSV', 'list.csv', 'key,version_id\nk,v1\nx,v1\nk,v2\n'],
    ['JSON lines', 'list.jsonl', '{"key":"k","versionId":"v1"}\n{"key":"x"}\n{"key":"k","versionId":"v2"}\n'],
    ['a list for S3 Batch Operations', 'list.csv', 'lake,k,v1\nlake,x\nlake,k,v2\n'],
    ['a delete marker that comes later', 'list.csv', 'key,is_delete_marker\nk,false\nx,false\nk,true\n'],
    ['a row without a version', 'list.csv', 'key,version_id\nk,\nx,v3\nk,v2\n'],
  ])('without a word which is the latest, the second version is a problem: %s', async ([, name, text]) => {
    const whole = await read(text, name)
    expect(whole.keys).toEqual(['k', 'x', null])
    expect(codesOf(whole)).toEqual(['LAGOON_MANIFEST_KEY_SEVERAL_VERSIONS'])
  })

  test('the same version twice, or versions with different destinations, do not conflict', async () => {
    const text = 'key,version_id,destination_key\nk,v1,a\nk,v1,a\nk,v2,b\nk,v3,c\n'
    expect((await read(text, 'list.csv')).problems).toEqual([])
  })

  test('all versions are returned on request', async () => {
    const text = `${header}\nfalse,v1,k,false,1\nfalse,v2,k,true,2\ntrue,v3,k,false,\n`
    expect((await read(text, 'list.csv', { currentOnly: false })).keys).toEqual(['k', 'k', 'k'])
    const one = await read(text, 'list.csv', { currentOnly: false, oneVersion: true })
    expect(one.keys).toEqual(['k', null, null])
  })
})

describe('a range of rows of a list', () => {
  const all = Array.from({ length: 140_000 }, (_, row) => `k/${row}`)
  const text = `${all.join('\n')}\n`
  test.each([
    [0, 0, 3],
    [0, 65_530, 65_536],
    [1, 4_000, 9_000],
    [2, 8_000, 8_928],
  ])('of row group %i, from %i to %i', async (group, from, to) => {
    const source = { name: 'x.txt', open: () => Readable.from([Buffer.from(text)]) }
    const leaveOut = (row: number): boolean => row === group * 65_536 + from + 1
    const { keys, batches } = await readAll(openKeyList(source, { bucket: 'lake' }), {
      rows: { group, from, to },
      leaveOut,
    })
    const first = group * 65_536
    expect(keys).toEqual(all.slice(first + from, first + to).filter((_, index) => index !== 1))
    const numbers = batches.flatMap(
      ({ firstRow, keys: own, rows }) => rows ?? own.map((_, i) => firstRow + i),
    )
    expect(numbers.map((row) => all[row])).toEqual(keys)
    expect(batches.at(-1)!.lastOfRowGroup).toBe(true)
    expect(batches.filter(({ lastOfRowGroup }) => lastOfRowGroup)).toHaveLength(1)
  })
})
