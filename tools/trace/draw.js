// SPDX-License-Identifier: Apache-2.0
//
// draw.js ECHARTS GANTT TEMPLATE DATA SVG HTML: draws the chart of a scheduler trace as an SVG file and as a page that
// needs nothing but itself.
'use strict';

const fs = require('fs');
const path = require('path');

const width = 1400;

function main(paths) {
  if (paths.length !== 6) throw new Error('draw.js ECHARTS GANTT TEMPLATE DATA SVG HTML');
  const [echartsPath, ganttPath, templatePath, dataPath, svgPath, htmlPath] = paths.map((name) => path.resolve(name));
  const echarts = require(echartsPath);
  const { ganttOption, ganttHeight } = require(ganttPath);
  const data = JSON.parse(fs.readFileSync(dataPath, 'utf8'));

  const chart = echarts.init(null, null, { renderer: 'svg', ssr: true, width, height: ganttHeight(data) });
  chart.setOption(ganttOption(data, false));
  fs.writeFileSync(svgPath, chart.renderToSVGString() + '\n');
  chart.dispose();  // its timers would keep this program alive

  // Inside a script element nothing may end it: names are letters, digits and a few signs, yet "<" is written so that it
  // cannot. A function as replacement: "$" has a meaning in a string.
  const json = JSON.stringify(data).replace(/</g, '\\u003c');
  const page = fs.readFileSync(templatePath, 'utf8')
    .replace('/*ECHARTS*/', () => fs.readFileSync(echartsPath, 'utf8'))
    .replace('/*GANTT*/', () => fs.readFileSync(ganttPath, 'utf8'))
    .replace('/*DATA*/', () => json);
  fs.writeFileSync(htmlPath, page);
}

try {
  main(process.argv.slice(2));
} catch (error) {
  if (!error.code) throw error;
  console.error(error.message);  // of a file that cannot be read or written
  process.exitCode = 1;
}
