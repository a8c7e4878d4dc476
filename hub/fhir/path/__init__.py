"""A FHIRPath subset, compiled to closures: what R4's own constraints use. https://hl7.org/fhirpath/N1/"""

from hub.fhir.path.compiler import Expression, compile_path
from hub.fhir.path.parser import PathSyntaxError
from hub.fhir.path.values import Env

__all__ = ["Env", "Expression", "PathSyntaxError", "compile_path"]
