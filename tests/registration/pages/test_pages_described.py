"""What pages say of themselves."""

import re


class TestForSearchAndSharing:
    """What a search engine or a message shows of a page: its own title, and what it is about."""

    def test_each_page_says_what_it_is(self, visitor) -> None:
        said = set()
        for path in ("/", "/c/day", "/c/day/register", "/c/day/board"):
            page = visitor.get(path).text
            [title] = re.findall("<title>(.+?)</title>", page)
            [about] = re.findall('<meta name="description" content="(.+?)">', page)
            assert ("The hall" in about) is (path != "/")
            said.add(title)
        assert len(said) == 4
