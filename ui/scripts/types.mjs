// Writes the TypeScript types of an OpenAPI document; the file is left alone where nothing changed, so that builds stay fresh.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import openapiTS, { astToString } from 'openapi-typescript'

const [source, target] = process.argv.slice(2)
const text = '// Made from the admin API by npm run types.\n' + astToString(await openapiTS(JSON.parse(readFileSync(source, 'utf8'))))
if (!existsSync(target) || readFileSync(target, 'utf8') !== text) writeFileSync(target, text)
