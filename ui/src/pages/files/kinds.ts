/** How the media types of a kind begin. */
export const kinds: Record<string, string> = { image: 'image/', video: 'video/', audio: 'audio/', text: 'text/', pdf: 'application/pdf', other: 'application/' }
