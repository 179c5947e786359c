// SPDX-License-Identifier: Apache-2.0
//
// plot.js ECHARTS DATA SVG: draws the cost of a tick against the number of jobs, with the budgets.
'use strict';

const fs = require('fs');
const path = require('path');

const shown = ['quiet tick', 'one arrival, one completion, most urgent', 'one arrival, one completion, in turn'];
const budgets = [
  { name: 'budget: quiet tick', data: [[1, 20], [10000, 20]] },
  { name: 'budget: one arrival, one completion', data: [[1, 100], [1000, 100], [1000, 150], [10000, 150]] },
];

function option(data) {
  const measured = shown.map((name) => ({ name, type: 'line', data: data[name], symbolSize: 6 }));
  const limits = budgets.map((budget) => ({ ...budget, type: 'line', symbol: 'none', lineStyle: { type: 'dashed' } }));
  return {
    animation: false,
    backgroundColor: '#ffffff',
    color: ['#0b6e4f', '#b3541e', '#1f4e8c', '#7fb8a4', '#d9a77f'],
    legend: { top: 8, itemGap: 16 },
    grid: { left: 70, right: 30, top: 80, bottom: 55 },
    xAxis: { type: 'log', name: 'jobs in the queue', nameLocation: 'middle', nameGap: 32, min: 1, max: 10000 },
    yAxis: { type: 'value', name: 'ns for one tick', min: 0 },
    series: [...measured, ...limits],
  };
}

function main(paths) {
  if (paths.length !== 3) throw new Error('plot.js ECHARTS DATA SVG');
  const [echartsPath, dataPath, svgPath] = paths.map((name) => path.resolve(name));
  const echarts = require(echartsPath);
  const chart = echarts.init(null, null, { renderer: 'svg', ssr: true, width: 860, height: 460 });
  chart.setOption(option(JSON.parse(fs.readFileSync(dataPath, 'utf8'))));
  fs.writeFileSync(svgPath, chart.renderToSVGString() + '\n');
  chart.dispose();  // its timers would keep this program alive
}

main(process.argv.slice(2));
