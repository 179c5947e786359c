// SPDX-License-Identifier: Apache-2.0
//
// plots.js ECHARTS PAGE FOLDER: draws the tables of docs/performance.md, where the page says <!-- plot NAME -->, as
// FOLDER/NAME.svg, and puts the pictures there. What is drawn is what the tables say; a table that is not there is an
// error.
'use strict';

const fs = require('fs');
const path = require('path');

const colours = ['#1f4e8c', '#b3541e', '#0b6e4f'];
const base = { animation: false, backgroundColor: '#ffffff', color: colours, legend: { top: 8, itemGap: 16 } };

// The tables whose first two headings are these: each a list of rows, a row a list of cells.
function tables(page, first, second) {
  const cells = (line) => line.split('|').slice(1, -1).map((cell) => cell.trim());
  const found = page.split(/\n\n+/)
    .map((block) => block.split('\n').filter((line) => line.startsWith('|')))
    .filter((lines) => lines.length > 2 && cells(lines[0])[0] === first && cells(lines[0])[1] === second)
    .map((lines) => ({ head: cells(lines[0]), rows: lines.slice(2).map(cells) }));
  if (found.length === 0) throw new Error(`no table has the headings ${first}, ${second}`);
  return found;
}

function number(cell) {
  const value = Number(cell.replace(/,/g, ''));
  if (!Number.isFinite(value)) throw new Error(`${cell} is no number`);
  return value;
}

// Each service with a budget: how much of it is used, on both machines.
function services(page) {
  const machines = ['x86', 'ARMv7'];
  const found = tables(page, 'service', 'instructions');
  if (found.length !== machines.length) throw new Error(`${found.length} tables of services, not ${machines.length}`);
  const names = found[0].rows.filter((row) => row[2] !== '–').map((row) => row[0]).reverse();
  const series = machines.map((machine, i) => ({
    name: machine,
    type: 'bar',
    label: { show: true, position: 'insideLeft', color: '#ffffff', fontSize: 10, formatter: (at) => at.data.text },
    data: names.map((name) => {
      const row = found[i].rows.find((other) => other[0] === name);
      if (row === undefined) throw new Error(`${machine}: no row ${name}`);
      return { value: 100 * number(row[1]) / number(row[2]), text: `${row[1]} of ${row[2]}` };
    }),
  }));
  series[0].markLine = {
    symbol: 'none', silent: true, lineStyle: { color: '#a00000', width: 2 }, label: { formatter: 'budget' },
    data: [{ xAxis: 100 }],
  };
  return {
    height: 90 + 44 * names.length,
    option: {
      ...base,
      grid: { left: 10, right: 40, top: 60, bottom: 45, containLabel: true },
      xAxis: { type: 'value', name: 'instructions, percent of the budget', nameLocation: 'middle', nameGap: 28, min: 0 },
      yAxis: { type: 'category', data: names },
      series,
    },
  };
}

// What boot costs for each size of memory.
function boot(page) {
  const { head, rows } = tables(page, 'memory', 'firmware and loader')[0];
  return {
    height: 380,
    option: {
      ...base,
      grid: { left: 10, right: 30, top: 50, bottom: 40, containLabel: true },
      xAxis: { type: 'category', name: head[0], nameLocation: 'middle', nameGap: 28, data: rows.map((row) => row[0]) },
      yAxis: { type: 'log', name: 'guest instructions', min: 100000 },
      series: [1, 2, 3].map((column) => ({
        name: head[column], type: 'bar', data: rows.map((row) => number(row[column])),
        label: { show: true, position: 'top', fontSize: 10, formatter: (at) => at.value.toLocaleString('en-GB') },
      })),
    },
  };
}

const plots = {
  services: { draw: services, alt: 'Instructions of each service, in percent of its budget, on x86 and ARMv7' },
  boot: { draw: boot, alt: 'Instructions of firmware, boot, and its check, for three sizes of memory' },
};

function main(paths) {
  if (paths.length !== 3) throw new Error('plots.js ECHARTS PAGE FOLDER');
  const [echartsPath, pagePath, folder] = paths.map((name) => path.resolve(name));
  const echarts = require(echartsPath);
  const page = fs.readFileSync(pagePath, 'utf8');
  const drawn = new Set();
  const result = page.replace(/^<!-- plot (\w+) -->$/gm, (_, name) => {
    if (!(name in plots)) throw new Error(`no such plot: ${name}`);
    const { height, option } = plots[name].draw(page);
    const chart = echarts.init(null, null, { renderer: 'svg', ssr: true, width: 860, height });
    chart.setOption(option);
    fs.writeFileSync(path.join(folder, `${name}.svg`), chart.renderToSVGString() + '\n');
    chart.dispose();  // its timers would keep this program alive
    drawn.add(name);
    return `![${plots[name].alt}](${path.basename(folder)}/${name}.svg)`;
  });
  for (const name of Object.keys(plots)) if (!drawn.has(name)) throw new Error(`the page has no place for ${name}`);
  fs.writeFileSync(pagePath, result);
}

main(process.argv.slice(2));
