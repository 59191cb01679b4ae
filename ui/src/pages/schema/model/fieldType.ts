import type { IconName } from '@/kit/icons'
import type { Field } from '@/state/project'

/** The types of fields and what each takes: the same as the server's, so that a form shows what fits and nothing else. */
export type FieldType = Field['type']
export type Attribute = Exclude<keyof Field, 'type' | 'was'>

export interface TypeInfo { type: FieldType; icon: IconName; words: string }

/** In the order of the list; words are how other products call it. */
export const types: TypeInfo[] = [
  { type: 'text', icon: 'text', words: 'string varchar longtext markdown uuid' },
  { type: 'number', icon: 'number', words: 'integer int float decimal money price bigint' },
  { type: 'boolean', icon: 'boolean', words: 'bool checkbox switch yes no flag' },
  { type: 'datetime', icon: 'clock', words: 'timestamp time moment' },
  { type: 'date', icon: 'date', words: 'day birthday calendar' },
  { type: 'enum', icon: 'list', words: 'select choice option status' },
  { type: 'email', icon: 'mail', words: 'address' },
  { type: 'url', icon: 'link', words: 'link website uri' },
  { type: 'json', icon: 'json', words: 'object array jsonb map' },
  { type: 'reference', icon: 'reference', words: 'relation foreign key link belongs pointer' },
  { type: 'references', icon: 'references', words: 'relation many multiple tags' },
  { type: 'file', icon: 'file', words: 'image upload attachment photo' },
  { type: 'autonumber', icon: 'hash', words: 'serial sequence counter autoincrement' },
  { type: 'generated', icon: 'function', words: 'formula computed virtual sql' },
]

export const iconOf = (type: FieldType): IconName => types.find((t) => t.type === type)?.icon ?? 'text'

const texts: FieldType[] = ['text', 'email', 'url']
const plain: FieldType[] = ['text', 'number', 'boolean', 'datetime', 'date', 'enum', 'json', 'email', 'url', 'reference', 'references']
const keyed: FieldType[] = ['text', 'number', 'boolean', 'datetime', 'date', 'enum', 'email', 'url', 'reference', 'generated']

const fits: Partial<Record<Attribute, FieldType[]>> = {
  values: [...texts, 'enum'], min: [...texts, 'number', 'date', 'datetime', 'file'], max: [...texts, 'number', 'date', 'datetime', 'file'], pattern: texts,
  integer: ['number'], empty: ['text'], default: plain, required: [...plain, 'file'], unique: keyed, index: [...keyed, 'autonumber'],
  constraint: [...plain, 'file'], message: [...plain, 'file'], to: ['reference', 'references'], display: ['reference'], on_delete: ['reference'],
  expression: ['generated'], many: ['file'], types: ['file'], max_size: ['file'], public: ['file'],
}

/** Whether an attribute fits a type; what is not listed fits all. */
export const takes = (type: FieldType, attribute: Attribute): boolean => fits[attribute]?.includes(type) ?? true

/** The field under another type: what does not fit is left out, what the type wants is there to be filled in. */
export function retyped(def: Field, type: FieldType): Field {
  const next: Record<string, unknown> = { type }
  for (const [name, value] of Object.entries(def)) {
    if (name !== 'type' && takes(type, name as Attribute)) next[name] = value
  }
  if (def.type !== type && sizes(def.type) !== sizes(type)) {
    delete next.min
    delete next.max
  }
  if (def.type !== type && !(texts.includes(type) && (texts.includes(def.type) || def.type === 'enum'))) delete next.default
  if (type !== 'enum' && def.type === 'enum') delete next.values
  if (type === 'enum' && !next.values) next.values = []
  if (type === 'generated' && !next.expression) next.expression = ''
  return next as Field
}

/** What min and max of a type measure. */
const sizes = (type: FieldType) => (texts.includes(type) ? 'length' : type)

/** The field without attributes that say nothing: an empty text, false, an empty list. type and what the type wants stay. */
export function tidy(def: Field): Field {
  const next: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(def)) {
    if (value === undefined || value === null || value === false || value === '' || (Array.isArray(value) && value.length === 0)) continue
    next[name] = value
  }
  return next as Field
}

const guesses: Array<[RegExp, Field]> = [
  [/^e[-_]?mail|email$|邮箱|邮件/i, { type: 'email' }],
  [/(^|_)(url|link|website|homepage|avatar_url)$|网址|链接/i, { type: 'url' }],
  [/(_at|_time|time|timestamp|^created|^updated|^published|^expires)$|时间/i, { type: 'datetime' }],
  [/(^|_)(date|day|birthday|deadline|due)$|_on$|日期|生日/i, { type: 'date' }],
  [/^(is|has|can|allow)_|(^|_)(enabled|active|approved|done|published|visible|public|featured|archived|paid|read)$|^是否/i, { type: 'boolean' }],
  [/(^|_)(count|likes|views|stock|quantity|qty|amount_of|position|rank|year|age|votes|points)$|数量|次数|年龄|库存/i, { type: 'number', integer: true }],
  [/(^|_)(price|amount|total|score|rating|rate|weight|height|width|size|lat|lng|latitude|longitude|cost|balance)$|价格|金额|分数|重量/i, { type: 'number' }],
  [/(^|_)(status|state|kind|category|level|role|gender|priority)$|状态|类型|类别|级别/i, { type: 'enum', values: [] }],
  [/(^|_)(image|photo|picture|avatar|cover|logo|thumbnail)$|图片|头像|封面/i, { type: 'file', types: ['image/*'] }],
  [/(^|_)(file|attachment|document|upload)s?$|附件|文件/i, { type: 'file' }],
  [/(^|_)(meta|metadata|data|payload|settings|options|config|extra|json)$|配置|元数据/i, { type: 'json' }],
  [/(^|_)(number|no|seq|serial)$|编号|序号/i, { type: 'autonumber' }],
  [/_(md5|sha256|hash|slug|full_name)$/i, { type: 'text' }],
]

/** What a field of this name most likely is; a table's name, or its singular, makes a reference. */
export function guess(name: string, tables: string[] = []): Field {
  const word = name.toLowerCase().replace(/_(id|uid|ref)$/, '')
  const to = tables.find((t) => word === t || word === t.replace(/s$/, '') || (t.endsWith('ies') && word === `${t.slice(0, -3)}y`))
  if (to && (word !== to || to.endsWith('s'))) return { type: word === to ? 'references' : 'reference', to }
  const found = guesses.find(([pattern]) => pattern.test(name))
  return found ? { ...found[1] } : { type: 'text' }
}

const nameForm = /^[A-Za-z_][A-Za-z0-9_]{0,62}$/
const tableForm = /^[a-z][a-z0-9_]{0,47}$/
const reserved = ['uid', 'id', 'created_at', 'updated_at', 'version']

export type NameFault = 'empty' | 'form' | 'reserved' | 'taken' | 'saved'

/** What is wrong with a field's name among others; compared without case, as the server does. */
export function nameFault(name: string, others: string[]): NameFault | null {
  if (!name) return 'empty'
  if (!nameForm.test(name)) return 'form'
  if (reserved.includes(name.toLowerCase())) return 'reserved'
  return others.some((o) => o.toLowerCase() === name.toLowerCase()) ? 'taken' : null
}

export const tableNameFault = (name: string, others: string[]): NameFault | null => (!name ? 'empty' : !tableForm.test(name) ? 'form' : others.includes(name) ? 'taken' : null)

/** A name made of what somebody typed: "First name" is first_name. */
export function asName(text: string): string {
  return text.trim().replace(/([a-z0-9])([A-Z])/g, '$1_$2').replace(/[\s.\-/]+/g, '_').replace(/[^A-Za-z0-9_]/g, '').replace(/^(\d)/, '_$1').replace(/_+/g, '_').replace(/_$/, '').toLowerCase().slice(0, 63)
}
