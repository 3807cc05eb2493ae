// A PostgreSQL with pgvector for tests: node pgvector.mjs DATA PORT
import { PGlite } from '@electric-sql/pglite';
import { vector } from '@electric-sql/pglite-pgvector';
import { PGLiteSocketServer } from '@electric-sql/pglite-socket';

const [data, port] = process.argv.slice(2);
const db = await PGlite.create({ dataDir: data, extensions: { vector } });
await new PGLiteSocketServer({ db, port: Number(port), host: '127.0.0.1' }).start();
console.log('ready');
