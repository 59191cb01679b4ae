/** How hard a password is to guess, 0 (too short) to 4. It is a hint: the server refuses only what is too short. */
export function strength(password: string, email = ''): 0 | 1 | 2 | 3 | 4 {
  const signs = [...password]
  if (signs.length < 10) return 0
  const lower = password.toLowerCase()
  const name = email.split('@')[0]?.toLowerCase() ?? ''
  let kinds = 0
  for (const kind of [/[a-z]/, /[A-Z]/, /[0-9]/, /[^A-Za-z0-9]/]) if (kind.test(password)) kinds++
  let bits = worth(signs) * (kinds === 1 ? 2.6 : kinds === 2 ? 3.2 : 3.8)
  if (common.some((word) => lower.includes(word))) bits -= 18
  if (name.length > 2 && lower.includes(name)) bits -= 18
  return bits < 26 ? 1 : bits < 38 ? 2 : bits < 52 ? 3 : 4
}

const common = ['password', 'passwort', '123456', 'qwerty', 'letmein', 'admin', 'iloveyou', '111111', 'sayrud', 'welcome']

/** The number of signs that are not to be expected: a repeated one, or the next of the alphabet, counts little. */
function worth(signs: string[]): number {
  const seen = new Set<string>()
  return signs.reduce((sum, sign, i) => {
    const step = i > 0 ? (sign.codePointAt(0) ?? 0) - (signs[i - 1]?.codePointAt(0) ?? 0) : 9
    const expected = Math.abs(step) <= 1
    const known = seen.has(sign)
    seen.add(sign)
    return sum + (expected ? 0.2 : known ? 0.7 : 1)
  }, 0)
}

/** The token of a setup link, or what was pasted where it is no link. */
export function tokenOf(text: string): string {
  return /[?&]token=([^&#\s]+)/.exec(text)?.[1] ?? text.trim()
}
