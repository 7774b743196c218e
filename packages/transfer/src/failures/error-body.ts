/** What a store says in the body of an error answer. */
export interface ErrorBody {
  code: string
  message: string
  /** The bucket's region, where the store names it. */
  region: string
}

const ENTITIES: Record<string, string> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" }

/**
 * Reads the few fields of an S3 error document by name. Anything else (an HTML page of a proxy, JSON, cut or garbled XML)
 * gives empty strings: the status then has to speak for itself.
 */
export function readErrorBody(body: string): ErrorBody {
  if (!body.includes('<Error>') && !body.includes('<Error ')) return { code: '', message: '', region: '' }
  return { code: element(body, 'Code'), message: element(body, 'Message'), region: element(body, 'Region') }
}

/** Text of the first element of that name, with entities resolved; '' if there is none. */
export function element(xml: string, name: string): string {
  const start = xml.indexOf(`<${name}>`)
  if (start < 0) return ''
  const end = xml.indexOf(`</${name}>`, start)
  if (end < 0) return ''
  return xml
    .slice(start + name.length + 2, end)
    .replace(/&(?:#(\d+)|#x([0-9a-f]+)|(\w+));/gi, (whole, decimal, hexadecimal, named) => {
      if (named !== undefined) return ENTITIES[named] ?? whole
      const code = decimal === undefined ? Number.parseInt(hexadecimal, 16) : Number(decimal)
      return code <= 0x10ffff ? String.fromCodePoint(code) : whole
    })
}
