import { X } from "lucide-react";
import type { Image } from "./use-images";

/** The pictures that go with the next prompt, before they are sent. */
export function ImageList({
  images,
  onRemove,
}: {
  images: Image[];
  onRemove: (image: Image) => void;
}) {
  if (images.length === 0) return null;
  return (
    <ul aria-label="Pictures" className="mb-2 flex gap-2 overflow-x-auto">
      {images.map((image) => (
        <li key={image.url} className="relative shrink-0">
          <img
            alt={image.file.name}
            src={image.url}
            className="h-20 max-w-40 rounded-lg border object-cover"
          />
          <button
            type="button"
            aria-label={`Remove ${image.file.name}`}
            className="target-square absolute top-0 right-0 flex items-center justify-center rounded-lg bg-panel/90"
            onClick={() => onRemove(image)}
          >
            <X aria-hidden className="size-4" />
          </button>
        </li>
      ))}
    </ul>
  );
}
