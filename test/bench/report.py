"""Collects figures: prints each as it comes, and writes all of them as Markdown for the README."""
import dataclasses
import os
import platform
import subprocess


@dataclasses.dataclass
class Goal:
    measure: str
    figure: str
    spread: str
    target: str
    is_met: bool


def machine():
    with open('/proc/cpuinfo') as cpuinfo:
        model = next((line.split(':')[1].strip() for line in cpuinfo if 'model name' in line),
                     platform.machine())
    version = subprocess.run(['nginx', '-v'], capture_output=True, text=True).stderr.strip()
    return (f'{os.cpu_count()} x {model}, Linux {platform.release()}, '
            f'{version.removeprefix("nginx version: ")}')


class Report:
    def __init__(self, conditions):
        self.conditions = conditions
        self.goals = []
        self.details = []  # Markdown blocks behind the goals
        print(conditions, flush=True)

    def goal(self, measure, figure, spread, target, is_met):
        """A figure with a target; a measure without one has an empty target."""
        goal = Goal(measure, figure, spread, target, is_met)
        self.goals.append(goal)
        verdict = f'  [{target}: {"met" if is_met else "NOT MET"}]' if target else ''
        print(f'  {measure}: {figure} ({spread}){verdict}', flush=True)

    def table(self, title, head, rows):
        """Also prints it, with columns made wide enough to read in a terminal."""
        block = markdown_table(head, rows)
        self.details.append(f'{title}:\n\n{block}')
        print(f'\n{title}\n\n{block}\n', flush=True)

    def note(self, text):
        """Something to know about the figures, such as a peer that is not installed."""
        self.details.append(text)
        print(f'  {text}', flush=True)

    def goal_table(self):
        return markdown_table(
            ('measure', 'median', 'spread', 'target', 'met'),
            [(goal.measure, goal.figure, goal.spread, goal.target,
              ('yes' if goal.is_met else '**no**') if goal.target else '') for goal in self.goals])

    def markdown(self):
        parts = [self.conditions] + ([self.goal_table()] if self.goals else []) + self.details
        return '\n\n'.join(parts) + '\n'


def markdown_table(head, rows):
    cells = [[str(cell) for cell in row] for row in [head, *rows]]
    widths = [max(len(row[i]) for row in cells) for i in range(len(head))]
    lines = ['| ' + ' | '.join(cell.ljust(width) for cell, width in zip(row, widths)) + ' |'
             for row in cells]
    lines.insert(1, '|' + '|'.join('-' * (width + 2) for width in widths) + '|')
    return '\n'.join(lines)
