import type { BuiltRequest } from './exchange'

export const languages = ['curl', 'fetch', 'go', 'python'] as const
export type SnippetLanguage = typeof languages[number]

const shell = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`
const quoted = (text: string) => JSON.stringify(text)
/** A JSON string is a Python string too, but for what lies beyond the basic plane; there JSON keeps the characters themselves. */
const python = quoted

function curl(request: BuiltRequest, url: string): string {
  const lines = [`curl${request.method === 'GET' ? '' : ` -X ${request.method}`} ${shell(url)}`]
  for (const [name, value] of Object.entries(request.headers)) lines.push(`  -H ${shell(`${name}: ${value}`)}`)
  if (request.body) lines.push(`  --data-raw ${shell(request.body)}`)
  return lines.join(' \\\n')
}

function fetched(request: BuiltRequest, url: string): string {
  const options: string[] = []
  if (request.method !== 'GET') options.push(`  method: ${quoted(request.method)},`)
  const headers = Object.entries(request.headers)
  if (headers.length > 0) options.push('  headers: {', ...headers.map(([n, v]) => `    ${quoted(n)}: ${quoted(v)},`), '  },')
  if (request.body) options.push(`  body: ${quoted(request.body)},`)
  const call = options.length > 0 ? `fetch(${quoted(url)}, {\n${options.join('\n')}\n})` : `fetch(${quoted(url)})`
  return `const response = await ${call}\nconsole.log(response.status, await response.text())`
}

function go(request: BuiltRequest, url: string): string {
  const lines = [
    'package main', '', 'import (', '\t"fmt"', '\t"io"', '\t"log"', '\t"net/http"', ...(request.body ? ['\t"strings"'] : []), ')', '', 'func main() {',
    `\treq, err := http.NewRequest(${quoted(request.method)}, ${quoted(url)}, ${request.body ? `strings.NewReader(${quoted(request.body)})` : 'nil'})`,
    '\tif err != nil {', '\t\tlog.Fatal(err)', '\t}',
  ]
  for (const [name, value] of Object.entries(request.headers)) lines.push(`\treq.Header.Set(${quoted(name)}, ${quoted(value)})`)
  lines.push('\tresp, err := http.DefaultClient.Do(req)', '\tif err != nil {', '\t\tlog.Fatal(err)', '\t}', '\tdefer resp.Body.Close()', '\tbody, err := io.ReadAll(resp.Body)', '\tif err != nil {', '\t\tlog.Fatal(err)', '\t}', '\tfmt.Println(resp.Status, string(body))', '}')
  return lines.join('\n')
}

function pythonText(request: BuiltRequest, url: string): string {
  const args = [python(url), `method=${python(request.method)}`]
  const headers = Object.entries(request.headers)
  if (headers.length > 0) args.push(`headers={${headers.map(([n, v]) => `${python(n)}: ${python(v)}`).join(', ')}}`)
  if (request.body) args.push(`data=${python(request.body)}.encode()`)
  return ['from urllib.error import HTTPError', 'from urllib.request import Request, urlopen', '', `request = Request(${args.join(', ')})`, 'try:', '    response = urlopen(request)', 'except HTTPError as error:', '    response = error', 'print(response.status, response.read().decode())'].join('\n')
}

/** A program that sends the request. base is the address of the project, as https://host/api/blog. */
export function snippet(language: SnippetLanguage, request: BuiltRequest, base: string): string {
  const url = base + request.path
  switch (language) {
    case 'curl': return curl(request, url)
    case 'fetch': return fetched(request, url)
    case 'go': return go(request, url)
    case 'python': return pythonText(request, url)
  }
}
