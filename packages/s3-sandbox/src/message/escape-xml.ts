// Characters that must be escaped in text: markup, and control characters, which S3 writes as references although XML 1.0 does not allow
// them. A client that cannot parse them sends encoding-type=url.
// oxlint-disable-next-line no-control-regex
const SPECIAL = /[&<>"\u0000-\u001F\u007F-\u009F\uFFFE\uFFFF]/g

const NAMED: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

/** Text as the content of an XML element, the way S3 escapes it. */
export function escapeXml(text: string): string {
  return text.replace(SPECIAL, (char) => NAMED[char] ?? `&#x${char.charCodeAt(0).toString(16)};`)
}
