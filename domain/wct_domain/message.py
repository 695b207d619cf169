"""What travels from component to component."""

from dataclasses import dataclass
from typing import Any, Self

from wct_domain.errors import MessageValidationError, SchemaLoadError
from wct_domain.schemas import Schema


@dataclass(slots=True)
class Message:
    """A JSON object with the schema that describes it.

    Compared by value. ``schema_validated`` says that ``validate`` succeeded on the
    content as it was then; changing the content afterwards is the caller's risk.
    """

    id: str
    content: dict[str, Any]
    schema: Schema | None = None
    context: dict[str, Any] | None = None
    schema_validated: bool = False

    def validate(self) -> Self:
        """Check the content against the schema, and return the message itself.

        Raises:
            MessageValidationError: no schema, no content (``{}`` counts as none),
                an unloadable schema, or content that breaks a rule of it. The text
                names path and rule, never a value.
        """
        self.schema_validated = False
        if not self.schema:
            raise MessageValidationError("No schema provided for validation")
        if not self.content:
            raise MessageValidationError("No content provided for validation")
        try:
            violation = self.schema.violation(self.content)
        except (FileNotFoundError, SchemaLoadError) as error:
            msg = f"Schema loading failed for '{self.schema.name}': {error}"
            raise MessageValidationError(msg) from error
        except Exception as error:
            # A third-party loader may raise anything; the seed turns it into this.
            msg = f"Validation error: {error}"
            raise MessageValidationError(msg) from error
        if violation is not None:
            msg = (
                f"Schema validation failed for schema '{self.schema.name}': {violation}"
            )
            raise MessageValidationError(msg)
        self.schema_validated = True
        return self
