"""Line plots as SVG, by hand: no library needed to draw them or to look at them."""
import html

WIDTH, HEIGHT = 640, 360
LEFT, RIGHT, TOP, BOTTOM = 60, 20, 44, 52
COLOURS = ('#1f5fa8', '#c2541b', '#3b7d3b')


def write_svg(path, title, across, up, ticks, series, y_max):
    """ticks: words below the points. series: name -> one Spread for each tick."""
    plot_width, plot_height = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM

    def x(index):
        return LEFT + plot_width * (index + 0.5) / len(ticks)

    def y(value):
        return TOP + plot_height * (1 - min(value, y_max) / y_max)

    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" '
             f'viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" font-size="12">',
             '<rect width="100%" height="100%" fill="white"/>',
             text(LEFT, 20, title, 'start', 'font-size="14" font-weight="bold"')]
    for step in range(6):
        value = y_max * step / 5
        parts.append(f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y(value):.1f}" '
                     f'y2="{y(value):.1f}" stroke="#dddddd"/>')
        parts.append(text(LEFT - 8, y(value) + 4, f'{value:.1f}', 'end'))
    for index, tick in enumerate(ticks):
        parts.append(text(x(index), HEIGHT - BOTTOM + 18, tick))
    parts.append(text(LEFT + plot_width / 2, HEIGHT - 12, across))
    parts.append(text(16, TOP + plot_height / 2, up, 'middle',
                      f'transform="rotate(-90 16 {TOP + plot_height / 2})"'))
    for number, (name, spreads) in enumerate(series.items()):
        parts += draw_series(name, spreads, number, x, y)
    parts.append('</svg>')
    with open(path, 'w') as file:
        file.write('\n'.join(parts) + '\n')


def text(x, y, words, anchor='middle', more=''):
    return (f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" {more}>'
            f'{html.escape(str(words))}</text>')


def draw_series(name, spreads, number, x, y):
    """The medians joined by a line, with the lowest and highest run as a bar through each."""
    colour = COLOURS[number]
    points = ' '.join(f'{x(i):.1f},{y(spread.median):.1f}' for i, spread in enumerate(spreads))
    parts = [f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>']
    for i, spread in enumerate(spreads):
        parts.append(f'<line x1="{x(i):.1f}" x2="{x(i):.1f}" y1="{y(spread.low):.1f}" '
                     f'y2="{y(spread.high):.1f}" stroke="{colour}" stroke-width="1.5"/>')
        parts.append(f'<circle cx="{x(i):.1f}" cy="{y(spread.median):.1f}" r="3.5" '
                     f'fill="{colour}"/>')
        # White below the figure keeps it legible where a line passes.
        parts.append(text(x(i), y(spread.high) - 9, f'{spread.median:.2f}', 'middle',
                          f'fill="{colour}" stroke="white" stroke-width="4" paint-order="stroke"'))
    parts.append(text(WIDTH - RIGHT, TOP - 22 + 14 * number, name, 'end', f'fill="{colour}"'))
    return parts
