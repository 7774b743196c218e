import { flag, oneOf, text, textByName, type FieldCheck } from '../check-fields.js'

/** How a store writes its documents. Every combination means the same to an XML parser. */
export interface XmlStyle {
  /** Prefix of every element, such as `s3` for `<s3:Key>`; default none. */
  prefix?: string
  /** The namespace; null for none. Default that of S3, and none in errors. */
  namespace?: string | null
  /** Text is written as CDATA sections; default false. */
  cdata?: boolean
  /** Comments between elements, inside texts, and containing markup; default false. */
  comments?: boolean
  /** Every element has attributes, some with `>` in their value; default false. */
  attributes?: boolean
  /** `between`: elements are indented. `inside`: numbers and booleans are also surrounded by white space. Default `none`. */
  whitespace?: 'none' | 'between' | 'inside'
  /** Characters as numeric references: `&#x2f;`, or `&#47;`. Default `named`: only markup, by name. */
  entities?: 'named' | 'decimal' | 'hexadecimal'
  /** Other names of root elements, by S3's name. Default none. */
  roots?: Readonly<Record<string, string>>
  /** Vendor elements whose children have familiar names but other meanings; default false. */
  extensions?: boolean
}

export const XML_STYLE_CHECKS: Readonly<Record<keyof XmlStyle, FieldCheck>> = {
  prefix: [(value) => typeof value === 'string' && /^[A-Za-z_][\w.-]*$/.test(value), 'an XML name'],
  namespace: [(value) => value === null || text[0](value), 'a string or null'],
  cdata: flag,
  comments: flag,
  attributes: flag,
  whitespace: oneOf('none', 'between', 'inside'),
  entities: oneOf('named', 'decimal', 'hexadecimal'),
  roots: textByName,
  extensions: flag,
}
