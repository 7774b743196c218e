import fc from 'fast-check'
import { XMLParser } from 'fast-xml-parser'
import { describe, expect, it } from 'vitest'
import { readXml, type XmlElement } from '../src/protocol/xml.js'

/** An element as nested lists, for comparisons. */
function shapeOf({ name, text, children }: XmlElement): unknown {
  return children.length === 0 ? [name, text] : [name, children.map(shapeOf)]
}

describe('an XML document', () => {
  it.each([
    ['attributes', '<R a="1"><Key b=\'>\' xml:lang="x">k</Key></R>'],
    ['prefixes', '<s3:R xmlns:s3="x"><s3:Key>k</s3:Key></s3:R>'],
    ['CDATA', '<R><Key><![CDATA[k]]></Key></R>'],
    ['comments', '<!-- <Key>a</Key> --><R><!-- <Key>a</Key> --><Key><!-- a -->k</Key></R>'],
    ['blanks', '\n <?xml version="1.0"?>\n<R >\n<Key\t>k</Key >\n</R>\n'],
    ['processing instructions', '<?xml version="1.0"?><?x <Key>a</Key>?><R><Key>k</Key></R>'],
    ['a byte order mark', '\ufeff<?xml version="1.0"?><R><Key>k</Key></R>'],
    ['empty elements', '<R><Prefix/><Marker /><Key>k</Key></R>'],
    ['references', '<R><Key>&#107;</Key></R>'],
  ])('is parsed with %s', (_, text) => {
    expect(readXml(text, 'R')?.textOf('Key')).toBe('k')
  })

  it.each([
    ['a&amp;b&#10;&#x1F600;&lt;&gt;&quot;&apos;', 'a&b\n😀<>"\''],
    ['a&#x1;&#31;b', 'a\u0001\u001fb'],
    [' two  blanks ', ' two  blanks '],
    ['a<![CDATA[<b>&amp;]]>c', 'a<b>&amp;c'],
    ['a & b, &nbsp; &#x110000;', 'a & b, &nbsp; &#x110000;'],
    ['\u2028\u0085', '\u2028\u0085'],
  ])('with the text %j contains %j', (text, expected) => {
    expect(readXml(`<R><Key>${text}</Key></R>`)?.textOf('Key')).toBe(expected)
  })

  it.each([
    ['is cut', '<R><Key>k</Key>'],
    ['closes another element', '<R><Key>k</R></Key>'],
    ['has two roots', '<R></R><R></R>'],
    ['has text behind it', '<R></R>and more'],
    ['has a document type', '<!DOCTYPE R [<!ENTITY a "aaaa">]><R>&a;</R>'],
    ['is a page', '<html><body><br><p>Sign in</body></html>'],
    ['is JSON', '{"Error": "no"}'],
    ['is empty', ''],
    ['has another root', '<Other/>'],
  ])('with %s is not one', (_, text) => {
    expect(readXml(text, 'R')).toBeNull()
  })

  it.each([
    ['open tags', '<a>'.repeat(350_000)],
    ['elements', `<R>${'<a/>'.repeat(130_000)}</R>`],
    ['invalid references', `<R>${'&'.repeat(1_000_000)}</R>`],
    ['unfinished comments', `<R>${'<!--'.repeat(250_000)}`],
    ['closing tags', `<R>${'</a>'.repeat(250_000)}</R>`],
    ['an attribute without end', `<R a="${'x'.repeat(1_000_000)}`],
    ['a name without end', `<${'x'.repeat(1_000_000)}`],
    ['control characters', `<R>${'\u0001'.repeat(1_000_000)}</R>`],
  ])('of a megabyte of %s is refused quickly', (_, text) => {
    expect(readXml(text, 'Other')).toBeNull()
  })

  const name = fc.constantFrom('Key', 'ETag', 'Size', 'a', 'B-1', '_x.y')
  const text = fc
    .string({ unit: 'binary', maxLength: 12 })
    // oxlint-disable-next-line no-control-regex -- XML has none of them
    .map((raw) => raw.replace(/[\0-\x1f\ud800-\udfff\ufffe\uffff]/g, ' '))
  const { tree } = fc.letrec<{ tree: string }>((tie) => ({
    tree: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      fc.tuple(name, text).map(([tag, raw]) => `<${tag}>x${escaped(raw)}</${tag}>`),
      fc.tuple(name, text).map(([tag, raw]) => `<${tag}>x<![CDATA[${raw.replaceAll(']]>', '')}]]></${tag}>`),
      fc
        .tuple(name, fc.array(tie('tree'), { minLength: 1, maxLength: 4 }))
        .map(([tag, children]) => `<${tag} z="${tag}"><!-- < -->${children.join('')}</${tag}>`),
    ),
  }))

  it('is parsed like by another parser', () => {
    const other = new XMLParser({
      preserveOrder: true,
      parseTagValue: false,
      trimValues: false,
      ignoreAttributes: true,
      commentPropName: '#comment',
      processEntities: { maxTotalExpansions: Infinity },
    })
    fc.assert(
      fc.property(tree, (xml) => {
        const document = readXml(xml)
        expect(document).not.toBeNull()
        expect(shapeOf(document!)).toEqual(shapeOfOther(other.parse(xml)[0]))
      }),
      { numRuns: 200 },
    )
  })

  it('that was corrupted is parsed or refused, and never throws', () => {
    const spoiled = fc.tuple(
      tree,
      fc.nat(),
      fc.constantFrom('<', '>', '&', '"', ']]>', '<!--', '\0', '</Key>'),
    )
    fc.assert(
      fc.property(spoiled, ([xml, at, stray]) => {
        const place = at % (xml.length + 1)
        const document = readXml(xml.slice(0, place) + stray + xml.slice(place))
        expect(document === null || document.name.length > 0).toBe(true)
      }),
      { numRuns: 300 },
    )
  })
})

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

/** The same of fast-xml-parser, which gives text and children as one list. */
function shapeOfOther(node: Record<string, unknown>): unknown {
  const tag = Object.keys(node)[0]!
  const inside = (node[tag] as Record<string, unknown>[]).filter((child) => !('#comment' in child))
  const elements = inside.filter((child) => !('#text' in child))
  if (elements.length > 0) return [tag, elements.map(shapeOfOther)]
  return [tag, inside.map((child) => child['#text']).join('')]
}
