/**
 * Characters that must not reach a terminal: C0 and C1 control characters and DEL (escape sequences), line and paragraph separators,
 * and the marks that change the direction of writing. Keys and messages of stores may contain any of them.
 */
const unprintable = /[\p{Cc}\p{Surrogate}\u061C\u200E\u200F\u2028-\u202E\u2066-\u2069\uFEFF]/gu

/** The text with every unprintable character written as an escape (`\x1b`, `\n`, `\u202e`): safe on one line of a terminal. */
export function printable(text: string): string {
  return text.replace(unprintable, (character) => {
    if (character === '\n') return '\\n'
    if (character === '\r') return '\\r'
    if (character === '\t') return '\\t'
    const code = character.charCodeAt(0)
    return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : unicodeEscape(code)
  })
}

/** JSON on one line in which no unprintable character is left raw; parses to the same value. */
export function printableJson(value: unknown): string {
  return JSON.stringify(value).replace(unprintable, (character) => unicodeEscape(character.charCodeAt(0)))
}

function unicodeEscape(code: number): string {
  return `\\u${code.toString(16).padStart(4, '0')}`
}
