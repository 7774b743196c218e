/** An encoded word of RFC 2047: charset, form and text. S3 sends metadata that is not ASCII in this form. */
const ENCODED_WORD = /=\?([\w-]+)\?([bq])\?([^?\s]*)\?=/gi
/** Blanks between two encoded words belong to neither. */
const BETWEEN_WORDS = /(\?=)\s+(=\?)/g
const NOT_ASCII = /[^\0-\x7f]/

/** True if a header has the same meaning on both sides, in any notation. Values are bytes, one character each, as received. */
export function meansTheSame(name: string, one: string | undefined, other: string | undefined): boolean {
  if (one === other) return true
  if (one === undefined || other === undefined) return false
  const [here, there] = [textOf(one), textOf(other)]
  if (here === there) return true
  if (name === 'content-type') return mediaType(here) === mediaType(there)
  if (name === 'expires') return sameTime(here, there)
  return name === 'cache-control' && directives(here) === directives(there)
}

/** The text of a value: encoded words decoded, UTF-8 read, surrounding blanks dropped. */
function textOf(value: string): string {
  const decoded = value
    .replace(BETWEEN_WORDS, '$1$2')
    .replace(ENCODED_WORD, (word, charset: string, form: string, text: string) => {
      const bytes = form.toLowerCase() === 'b' ? Buffer.from(text, 'base64') : quotedPrintable(text)
      return /^(?:utf-?8|us-ascii)$/i.test(charset)
        ? bytes.toString()
        : charset.toLowerCase() === 'iso-8859-1'
          ? bytes.toString('latin1')
          : word
    })
  const utf8 = NOT_ASCII.test(value) ? Buffer.from(value, 'latin1').toString() : decoded
  return (utf8.includes('\ufffd') ? decoded : utf8).trim()
}

function quotedPrintable(text: string): Buffer {
  const bytes = text
    .replaceAll('_', ' ')
    .replace(/=([0-9a-f]{2})/gi, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
  return Buffer.from(bytes, 'latin1')
}

/** Type and parameters in one spelling: names, and the charset, in any case, quoted or not, with blanks anywhere. */
function mediaType(value: string): string {
  const [type = '', ...parameters] = value.split(';').map((part) => part.trim())
  const spelled = parameters.filter(Boolean).map((parameter) => {
    const [name = '', text = ''] = parameter.split(/\s*=\s*/)
    const plain = text.replace(/^"(.*)"$/, '$1')
    return `${name.toLowerCase()}=${name.toLowerCase() === 'charset' ? plain.toLowerCase() : plain}`
  })
  return [type.toLowerCase(), ...spelled.toSorted()].join(';')
}

function directives(value: string): string {
  return value
    .split(',')
    .map((part) => part.trim().toLowerCase())
    .toSorted()
    .join(',')
}

function sameTime(one: string, other: string): boolean {
  const [here, there] = [Date.parse(one), Date.parse(other)]
  return !Number.isNaN(here) && here === there
}
