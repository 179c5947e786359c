// SPDX-License-Identifier: Apache-2.0
//
// The Gantt chart of a scheduler trace as an option of Apache ECharts. The same text runs in Node, which renders the SVG,
// and inside the HTML report.
//
// data: { name, tick_us, ticks, admission, verdict,
//         tasks: [{ name, kind, period, deadline, budget, releases, completions, worst_response, misses, overruns,
//                   crashes }],
//         segments: [[task, job, begin, end]],
//         jobs: [[task, number, release, deadline, ending, ended]] }      times are ticks
'use strict';

const ganttColours = {
  done: '#2f7ebc',
  pending: '#9aa5b1',
  overrun: '#e08a1e',
  crash: '#8b3fa8',
  miss: '#d0312d',
};
const ganttEndings = {
  done: 'completed',
  pending: 'unfinished at the end',
  overrun: 'budget exhausted',
  crash: 'crashed',
  miss: 'deadline missed',
};
const ganttRow = 30;

function ganttHeight(data) {
  return 150 + ganttRow * data.tasks.length;
}

function ganttOption(data, interactive) {
  const milliseconds = (ticks) => (ticks * data.tick_us) / 1000;
  const jobs = new Map(data.jobs.map((job) => [job[0] + '/' + job[1], job]));
  const nameOf = (task, job) => data.tasks[task].name + ' #' + job;

  // A rectangle for each time that a job had the processor; one series for each ending, so that the legend explains it.
  const bars = (ending) => ({
    name: ganttEndings[ending],
    type: 'custom',
    color: ganttColours[ending],
    encode: { x: [1, 2], y: 0 },
    data: data.segments
      .filter((segment) => (jobs.get(segment[0] + '/' + segment[1]) || [])[4] === ending)
      .map(([task, job, begin, end]) => ({
        name: nameOf(task, job),
        value: [task, milliseconds(begin), milliseconds(end)],
      })),
    renderItem(parameters, api) {
      const begin = api.coord([api.value(1), api.value(0)]);
      const end = api.coord([api.value(2), api.value(0)]);
      const height = ganttRow * 0.5;
      const area = parameters.coordSys;
      const left = Math.max(begin[0], area.x);
      const right = Math.min(end[0], area.x + area.width);
      if (right <= left) return null;
      return {
        type: 'rect',
        shape: { x: left, y: begin[1] - height / 2, width: Math.max(right - left, 0.5), height },
        style: { fill: ganttColours[ending] },
      };
    },
  });

  const marks = (name, symbol, size, colour, offset, points) => ({
    name,
    type: 'scatter',
    symbol,
    symbolSize: size,
    symbolOffset: offset,
    itemStyle: { color: colour },
    z: 3,
    data: points,
  });
  const ended = (ending) =>
    data.jobs
      .filter((job) => job[4] === ending)
      .map((job) => ({ name: nameOf(job[0], job[1]), value: [milliseconds(job[5]), job[0]] }));
  const used = Object.keys(ganttEndings).filter((ending) => data.jobs.some((job) => job[4] === ending));

  const series = used.map(bars);
  series.push(
    marks('release', 'triangle', 6, '#3b4754', [0, 11],
      data.jobs.map((job) => ({ name: nameOf(job[0], job[1]), value: [milliseconds(job[2]), job[0]] }))),
    marks('deadline', 'rect', [1.5, 20], '#3b4754', [0, 0],
      data.jobs.filter((job) => job[3] <= data.ticks)
        .map((job) => ({ name: nameOf(job[0], job[1]), value: [milliseconds(job[3]), job[0]] }))),
    marks('crash', 'diamond', 10, ganttColours.crash, [0, 0], ended('crash')),
    marks('miss', 'pin', 18, ganttColours.miss, [0, -4], ended('miss')));

  const option = {
    animation: false,
    aria: { enabled: true },
    backgroundColor: '#ffffff',
    textStyle: { fontFamily: 'sans-serif' },
    title: {
      text: 'Workload ' + data.name,
      subtext: data.verdict.trim().split('\n').pop(),
      left: 10,
    },
    legend: { top: 50, left: 10, itemWidth: 14 },
    grid: { left: 190, right: 30, top: 85, bottom: interactive ? 70 : 35 },
    xAxis: {
      type: 'value',
      min: 0,
      max: milliseconds(data.ticks),
      name: 'ms',
      splitLine: { lineStyle: { color: '#e6e9ed' } },
    },
    yAxis: {
      type: 'category',
      inverse: true,
      data: data.tasks.map((task) => task.name),
      axisTick: { show: false },
      splitLine: { show: true, interval: 0, lineStyle: { color: '#e6e9ed' } },
    },
    series,
  };
  if (interactive) {
    option.grid.bottom = 80;
    option.tooltip = {
      formatter: (item) => {
        const value = item.value.slice(item.seriesType === 'custom' ? 1 : 0, item.seriesType === 'custom' ? 3 : 1);
        return item.name + '<br>' + item.seriesName + ', ' + value.join(' to ') + ' ms';
      },
    };
    // At first at most the part that can be told apart; the slider shows the rest.
    const visible = Math.min(1, 400 / Math.max(1, data.segments.length));
    option.dataZoom = [
      { type: 'slider', xAxisIndex: 0, showDataShadow: false, start: 0, end: 100 * visible, filterMode: 'weakFilter' },
      { type: 'inside', xAxisIndex: 0, filterMode: 'weakFilter' },
    ];
  }
  return option;
}

if (typeof module !== 'undefined') module.exports = { ganttOption, ganttHeight };
