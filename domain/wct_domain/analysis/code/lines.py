"""Lines of a text as evidence: numbered, trimmed, and not endless."""

from bisect import bisect_right

from wct_domain.analysis.evidence import Text


class Lines:
    """Where the lines of a text begin, so that a place in it is told at once.

    ``width`` is how many characters are shown on each side of a match, in lines that
    are longer than that.
    """

    def __init__(self, text: Text, width: int) -> None:
        self._text, self._width = text, width
        self._starts = [0]
        at = text.data.find(b"\n")
        while at >= 0:
            self._starts.append(at + 1)
            at = text.data.find(b"\n", at + 1)

    def number(self, start: int) -> int:
        """Return the line of a byte, from 1."""
        return bisect_right(self._starts, start)

    def column(self, start: int) -> int:
        """Return where in its line a byte stands, in characters and from 1."""
        begin = self._starts[self.number(start) - 1]
        return len(self._text.data[begin:start].decode("utf-8", "ignore")) + 1

    def shown(self, start: int, end: int) -> str:
        """Return the line of a match, or what is around the match in a long one."""
        number = self.number(start)
        first, last = self._bounds(number)
        if last - first > 2 * self._width + end - start or end > last:
            return self._text.excerpt(start, end, self._width)
        return self._text.data[first:last].decode("utf-8", "ignore").strip()

    def _bounds(self, number: int) -> tuple[int, int]:
        data = self._text.data
        last = self._starts[number] - 1 if number < len(self._starts) else len(data)
        return self._starts[number - 1], last
