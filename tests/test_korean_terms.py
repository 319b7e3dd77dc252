"""The Korean pages use one term, in one spelling, for each concept."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.book import KOREAN, pages, prose

# The term of the pages, and the variants that they must not use. A blank in a variant matches a
# line break as well.
VARIANTS: dict[str, tuple[str, ...]] = {
    "가중치 감소": ("가중치감소", "가중치 감쇠", "가중치감쇠", "웨이트 디케이"),
    "검증 데이터": ("검증데이터", "검증 자료", "검증 집합", "검증 세트", "확인 데이터"),
    "경사하강법": ("경사 하강법", "경사하강 법", "기울기 하강법", "그레이디언트 하강법"),
    "과적합": ("과대적합", "과대 적합", "과잉적합", "과잉 적합", "오버피팅"),
    "교차 검증": ("교차검증", "크로스 밸리데이션"),
    "드롭아웃": ("드롭 아웃", "드랍아웃"),
    "미니배치": ("미니 배치", "소배치"),
    "배치 정규화": ("배치정규화", "배치 노멀라이제이션"),
    "샘플": ("표본",),
    "순전파": ("순 전파", "순방향", "앞먹임"),
    "에폭": ("에포크", "이포크"),
    "역전파": ("역 전파", "오차역전파", "역방향", "백프로퍼게이션"),
    "연쇄 법칙": ("연쇄법칙", "연쇄 규칙", "체인 룰", "체인룰"),
    "조기 종료": ("조기종료", "조기 중단", "이른 종료", "얼리 스토핑"),
    "최적화 기법": ("옵티마이저", "최적화기", "최적화 알고리즘"),
    "타깃": ("타겟", "목푯값", "목표값"),
    "특성": ("특징", "피처"),
    "하이퍼파라미터": ("하이퍼 파라미터", "초매개변수", "초모수"),
    "학습 데이터": ("훈련 데이터", "훈련 샘플", "학습데이터"),
    "학습률": ("학습 률", "학습율", "학습 속도", "러닝 레이트"),
    "활성화 함수": ("활성 함수", "활성함수", "활성화함수"),
}


def variants_in(text: str) -> dict[str, str]:
    """Return the variants in a text, with the term to use in place of each."""
    return {
        variant: term
        for term, variants in VARIANTS.items()
        for variant in variants
        if re.search(variant.replace(" ", r"\s+"), text)
    }


@pytest.mark.parametrize("page", pages(KOREAN), ids=lambda page: page.stem)
def test_a_page_uses_the_listed_terms(page: Path) -> None:
    assert variants_in(prose(page)) == {}


def test_a_variant_across_a_line_break_is_recognised() -> None:
    assert variants_in("이것이 경사\n하강법이다") == {"경사 하강법": "경사하강법"}


def test_no_term_contains_a_variant() -> None:
    assert variants_in("\n".join(VARIANTS)) == {}
