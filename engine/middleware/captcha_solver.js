// Solves the proof of work of a Sayrud endpoint. It needs no library, and no https:
//
//   <script src="https://example.org/api/blog/_captcha.js"></script>
//   const token = await sayrudCaptcha("https://example.org/api/blog", "add_comment");
//   // send it as the parameter `captcha`, or in the header that the endpoint names
//
// A token serves one request. The work is done in a worker where the page allows one, else in small pieces between other work.
(() => {
  "use strict";

  /** Gives a function that tries `count` numbers from `from` on, and answers the first that solves the puzzle, or -1. */
  function makeSearch() {
    // FIPS 180-4: the first 32 bits of the fractional parts of the cube roots, and of the square roots, of primes.
    const K = new Int32Array(64), H = new Int32Array(8);
    const fraction = (x) => ((x - Math.floor(x)) * 4294967296) | 0;
    for (let n = 2, found = 0; found < 64; n++) {
      let prime = true;
      for (let i = 2; i * i <= n; i++) if (n % i === 0) { prime = false; break; }
      if (!prime) continue;
      if (found < 8) H[found] = fraction(Math.sqrt(n));
      K[found++] = fraction(Math.cbrt(n));
    }
    const W = new Int32Array(64);

    /** Runs one block, whose words stand in W[0..15], over the state. */
    function compress(state) {
      for (let i = 16; i < 64; i++) {
        const x = W[i - 15], y = W[i - 2];
        W[i] = (W[i - 16] + W[i - 7] + ((x >>> 7 | x << 25) ^ (x >>> 18 | x << 14) ^ x >>> 3) + ((y >>> 17 | y << 15) ^ (y >>> 19 | y << 13) ^ y >>> 10)) | 0;
      }
      let a = state[0], b = state[1], c = state[2], d = state[3], e = state[4], f = state[5], g = state[6], h = state[7];
      for (let i = 0; i < 64; i++) {
        const t = (h + ((e >>> 6 | e << 26) ^ (e >>> 11 | e << 21) ^ (e >>> 25 | e << 7)) + (e & f ^ ~e & g) + K[i] + W[i]) | 0;
        const u = (((a >>> 2 | a << 30) ^ (a >>> 13 | a << 19) ^ (a >>> 22 | a << 10)) + (a & b ^ a & c ^ b & c)) | 0;
        h = g; g = f; f = e; e = (d + t) | 0; d = c; c = b; b = a; a = (t + u) | 0;
      }
      state[0] += a; state[1] += b; state[2] += c; state[3] += d; state[4] += e; state[5] += f; state[6] += g; state[7] += h;
    }

    /** The SHA-256 of a text of ASCII, as eight words. */
    function sha256(text) {
      const state = H.slice(), blocks = (text.length + 9 + 63) >> 6;
      for (let block = 0; block < blocks; block++) {
        for (let i = 0; i < 16; i++) {
          W[i] = 0;
          for (let j = 0; j < 4; j++) {
            const at = block * 64 + i * 4 + j;
            const byte = at < text.length ? text.charCodeAt(at) : at === text.length ? 0x80 : 0;
            W[i] = W[i] << 8 | byte;
          }
        }
        if (block === blocks - 1) W[15] = text.length * 8;
        compress(state);
      }
      return state;
    }

    const state = new Int32Array(8);
    let seed, solved;
    return (challenge, difficulty, from, count) => {
      if (solved !== challenge) {
        seed = sha256(challenge);
        solved = challenge;
      }
      for (let n = from; n < from + count; n++) {
        // One block: the seed, n in 8 bytes, the padding of 40 bytes.
        W.set(seed);
        W[8] = Math.floor(n / 4294967296);
        W[9] = n | 0;
        W[10] = 0x80000000 | 0;
        W.fill(0, 11, 15);
        W[15] = 320;
        state.set(H);
        compress(state);
        if (Math.clz32(state[0]) >= difficulty) return n;
      }
      return -1;
    };
  }

  const piece = 20000;

  function inWorker(challenge, difficulty) {
    const source = `const search = (${makeSearch})(); onmessage = ({ data: [challenge, difficulty] }) => {
      for (let from = 0; ; from += ${piece}) { const n = search(challenge, difficulty, from, ${piece}); if (n >= 0) { postMessage(n); return; } } };`;
    const address = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
    return new Promise((resolve, reject) => {
      const worker = new Worker(address);
      const end = (settle) => (value) => { worker.terminate(); URL.revokeObjectURL(address); settle(value); };
      worker.onmessage = end(({ data }) => resolve(data));
      worker.onerror = end(() => reject(new Error("no worker")));
      worker.postMessage([challenge, difficulty]);
    });
  }

  async function inPieces(challenge, difficulty) {
    const search = makeSearch();
    for (let from = 0; ; from += piece) {
      const n = search(challenge, difficulty, from, piece);
      if (n >= 0) return n;
      await new Promise((resume) => setTimeout(resume));
    }
  }

  /** Solves {challenge, difficulty}, as the server gave it, and gives the token. */
  async function solve({ challenge, difficulty }) {
    let n;
    try {
      n = await inWorker(challenge, difficulty);
    } catch { // the page's content security policy allows no worker
      n = await inPieces(challenge, difficulty);
    }
    return `${challenge}:${n}`;
  }

  /** Asks the project at `api` for the puzzle of an endpoint, solves it and gives the token. */
  async function sayrudCaptcha(api, endpoint) {
    const answer = await fetch(`${api}/_captcha?endpoint=${encodeURIComponent(endpoint)}`);
    if (!answer.ok) throw new Error("The puzzle could not be fetched.");
    return solve(await answer.json());
  }
  sayrudCaptcha.solve = solve;
  sayrudCaptcha.search = makeSearch;
  globalThis.sayrudCaptcha = sayrudCaptcha;
})();
