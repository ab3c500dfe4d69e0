/** `npm run bench` measures beside other stacks; `npm run bench -- NAME` runs another of the measurements here. */
const MEASUREMENTS = ['main', 'contention', 'known-addresses', 'flood', 'profile'];

const [name = 'main'] = process.argv.slice(2);
if (MEASUREMENTS.includes(name)) {
  await import(`./${name}.js`);
} else {
  process.stderr.write(`There is no measurement ${name}. There are: ${MEASUREMENTS.join(', ')}\n`);
  process.exitCode = 1;
}
