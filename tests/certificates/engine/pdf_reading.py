"""What a finished certificate shows and says."""

import hashlib
import io
import subprocess

import pikepdf


def pages(pdf: bytes) -> list[bytes]:
    with pikepdf.open(io.BytesIO(pdf)) as document:
        return [page.Contents.read_bytes() for page in document.pages]


def strings(pdf: bytes) -> list[str]:
    """What a reader says besides the page: title, links and where they are, alternative texts."""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        found = [str(document.docinfo.Title), document.Root.Metadata.read_bytes().decode()]
        for page in document.pages:
            for annotation in page.obj.get("/Annots", []):
                corners = [f"{float(x):.3f}" for x in annotation.Rect]
                found += [*corners, str(annotation.get("/Contents", ""))]
        for item in document.objects:
            if isinstance(item, pikepdf.Dictionary) and "/Alt" in item:
                found.append(str(item.Alt))
    return found


def pixels(pdf: bytes, folder, name: str) -> str:
    file = folder / f"{name}.pdf"
    file.write_bytes(pdf)
    subprocess.run(  # a fixed command on our own file
        ["pdftoppm", "-r", "100", "-singlefile", file, folder / name],  # noqa: S607 # in PATH
        check=True,
    )
    return hashlib.sha256((folder / f"{name}.ppm").read_bytes()).hexdigest()
