// `npm run build`: the schema of the built-in kinds, then one bundle a binary in dist/, which starts several times
// faster than the sources do.

import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { build, type Plugin } from 'esbuild'
import protobuf from 'protobufjs'

const root = new URL('../..', import.meta.url).pathname

/** etcd3 reads and parses its .proto files when it is loaded; a bundle has them inside, parsed already. */
const etcdProtocol: Plugin = {
  name: 'etcd-protocol',
  setup({ onLoad }) {
    onLoad({ filter: /etcd3\/lib\/connection-pool\.js$/ }, async ({ path }) => {
      const source = await readFile(path, 'utf8')
      const definition = join(path, '../../proto/rpc.proto')
      const descriptor = JSON.stringify(new protobuf.Root().loadSync(definition, { keepCase: true }).toJSON())
      const contents = source.replace(/\.loadSync\)\(`[^`]*`/, () => `.fromJSON)(${descriptor}`)
      if (contents === source) throw new Error('etcd3 loads its protocol in another way than expected')
      return { contents, loader: 'js' }
    })
  },
}

async function bundle(): Promise<void> {
  const commands = (await readdir(join(root, 'cmd'))).filter(file => file.endsWith('.ts') && !file.endsWith('.test.ts'))
  await build({
    entryPoints: commands.map(file => join(root, 'cmd', file)),
    outdir: join(root, 'dist'),
    bundle: true,
    splitting: true,
    chunkNames: 'chunks/[name]-[hash]',
    platform: 'node',
    target: 'node24',
    format: 'esm',
    sourcemap: true,
    sourcesContent: false,
    minifySyntax: true,
    logLevel: 'warning',
    plugins: [etcdProtocol],
    // CommonJS dependencies call require() for Node's own modules.
    banner: {
      js: "import { createRequire as binnacleRequire } from 'node:module'; const require = binnacleRequire(import.meta.url); import { fileURLToPath as binnaclePath } from 'node:url'; const __filename = binnaclePath(import.meta.url); const __dirname = binnaclePath(new URL('.', import.meta.url));",
    },
  })
}

await bundle()
