import { useEffect, useRef, useState } from "react";

/** What the daemon takes, by content; the browser goes by what it says of itself. */
const KINDS = ["image/png", "image/jpeg", "image/gif", "image/webp"];
const BYTES_MAX = 10 * 1024 * 1024;
const IMAGES_MAX = 10;

/** A picture that goes with the next prompt. */
export interface Image {
  file: File;
  /** Where the page shows it from. */
  url: string;
}

/** The pictures that go with the next prompt, and why another one does not. */
export function useImages() {
  const [images, setImages] = useState<Image[]>([]);
  const [refusal, setRefusal] = useState<string | null>(null);
  const shown = useRef(images);
  shown.current = images;
  useEffect(
    () => () => {
      for (const { url } of shown.current) URL.revokeObjectURL(url);
    },
    [],
  );

  function add(files: Iterable<File>) {
    setRefusal(null);
    const taken: Image[] = [];
    for (const file of files) {
      if (!KINDS.includes(file.type)) setRefusal(`${file.name} is no PNG, JPEG, GIF or WebP.`);
      else if (file.size > BYTES_MAX) setRefusal(`${file.name} has more than 10 MiB.`);
      else if (images.length + taken.length >= IMAGES_MAX) setRefusal("Ten pictures are the most.");
      else taken.push({ file, url: URL.createObjectURL(file) });
    }
    setImages((images) => [...images, ...taken]);
  }
  function remove(gone: Image[]) {
    for (const { url } of gone) URL.revokeObjectURL(url);
    setImages((images) => images.filter((image) => !gone.includes(image)));
  }
  return { images, add, remove, refusal };
}
